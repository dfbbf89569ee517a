//! Authentication in one line, for those who use reqwest as it is.

use std::future::Future;

use auth_core::Authenticator;
use reqwest::{Client, RequestBuilder, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use crate::replay::Replay;
use crate::send::send;
use crate::{AuthMiddleware, Error};

/// Makes an authenticated client of a plain one.
pub trait ClientExt: sealed::Sealed {
    /// This client, with every request authenticated. Its requests are made just like reqwest's.
    ///
    /// Take an [`api_client`](crate::api_client): redirects are the client's own business, and an ordinary one takes the
    /// credential along to other hosts. For more than one middleware write the chain out, since what is added to this one
    /// comes inside of the authentication, and retries belong outside: see [`AuthMiddleware`].
    ///
    /// ```
    /// use auth_reqwest::{ClientExt, api_client, core::{Authenticator, sources::StaticToken}};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let auth = Authenticator::builder(StaticToken::new("my-token")?).for_origins(["https://api.example.com"]).build()?;
    /// let client = api_client().build()?.authenticated(auth);
    /// let response = client.get("https://api.example.com/items").send().await?;
    /// # let _ = response;
    /// # Ok(())
    /// # }
    /// ```
    fn authenticated(self, authenticator: Authenticator) -> ClientWithMiddleware;
}

impl ClientExt for Client {
    fn authenticated(self, authenticator: Authenticator) -> ClientWithMiddleware {
        ClientBuilder::new(self).with(AuthMiddleware::new(authenticator)).build()
    }
}

/// Sends one authenticated request of a plain client.
pub trait RequestBuilderExt: sealed::Sealed {
    /// In place of `send()`: attaches the token, waits for one if there is none, and sends the request once more after a
    /// 401 if its body is still there. The request's own `.timeout(..)` limits the wait for a token, too.
    ///
    /// Redirects are the client's own business: build it from [`api_client`](crate::api_client). An ordinary one takes the
    /// credential along to other hosts.
    ///
    /// ```
    /// use auth_reqwest::{Error, RequestBuilderExt, core::Authenticator, reqwest};
    ///
    /// async fn items(client: &reqwest::Client, auth: &Authenticator) -> Result<reqwest::Response, Error> {
    ///     client.get("https://api.example.com/items").send_with(auth).await
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Auth`] if there is no token, or it must not go there: the request was not sent. Else what `send()` fails
    /// with.
    fn send_with(self, authenticator: &Authenticator) -> impl Future<Output = Result<Response, Error>> + Send;
}

impl RequestBuilderExt for RequestBuilder {
    async fn send_with(self, authenticator: &Authenticator) -> Result<Response, Error> {
        let (client, request) = self.build_split();
        let request = request?;
        send(authenticator, None, &Replay::Clonable, request, &client).await
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Client {}
    impl Sealed for super::RequestBuilder {}
}
