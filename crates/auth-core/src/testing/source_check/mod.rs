//! Whether a source does what the engine counts on.
//!
//! | file | idea |
//! | --- | --- |
//! | [`run`] | scenes one after the other, and what is looked at in all of them |
//! | [`answers`] | what a server may answer, and the kind of error it comes to |
//! | [`life`] | what is granted, and for how long |
//! | [`crowd`] | behind an authenticator: a herd, an outage |
//! | [`half_way`] | dropped at each await |
//! | [`server`], [`stage`] | what a source stands between: a transport, and an authenticator on a fake clock |
//! | [`secrets`], [`overheard`] | what is not to be shown, and what is logged |
//! | [`report`] | what was found |

mod answers;
mod crowd;
mod half_way;
mod life;
mod overheard;
mod report;
mod run;
mod secrets;
mod server;
mod stage;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::Uri;

use crate::TokenSource;
use run::Run;
use secrets::Secrets;

pub use report::SourceReport;

type Granting = Arc<dyn Fn(&str, u64) -> String + Send + Sync>;
type Saying = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// Checks a [`TokenSource`] that asks over [`FetchContext::transport`](crate::FetchContext::transport): runs it behind an
/// authenticator on a fake clock, against a server that grants, refuses, is down, is slow and talks nonsense, and repeats in
/// its errors what it was sent.
///
/// ```
/// use auth_core::{exchange::TokenEndpoint, sources::ApiKey, testing::SourceCheck};
///
/// const URL: &str = "https://iam.example.com/token";
/// let source = || ApiKey::new(TokenEndpoint::parse(URL).unwrap(), "my-api-key").unwrap();
/// SourceCheck::new(URL, source).secret("the API key", "my-api-key").run().assert();
/// ```
///
/// | promise | |
/// | --- | --- |
/// | `brings what is granted` | the token, with the life that the answer states |
/// | `remembers no token` | who asks twice has asked the server twice |
/// | `asks once a call` | a failure is returned, and not tried again |
/// | `asks its own endpoint alone` | also where it is sent elsewhere |
/// | `503 ..`, `429 ..`, `a refusal ..` and others | the [kind](crate::ErrorKind) of error that lets the engine do the right thing, with `Retry-After` in both of its forms |
/// | `a token without an end is kept`, `one that is over ..` | |
/// | `what is dropped half-way leaves nothing` | at each await: no request goes on, and the next call brings a token |
/// | `a herd makes one fetch`, `an outage is served` | behind an authenticator |
/// | `errors and logs show no secret` | `Display`, `Debug` and causes of each error, and what is logged down to TRACE: eight bytes in a row of a secret, plain, percent-encoded, in hex or base64 |
///
/// That it is `Send` and `'static` is checked by the compiler. Runs outside of any tokio runtime: a `#[test]`, not a
/// `#[tokio::test]`. It says nothing of sources that ask by other means than the transport, such as a vendor's SDK, which it finds
/// to bring nothing.
pub struct SourceCheck {
    make: Box<dyn Fn() -> Arc<dyn TokenSource>>,
    url: Uri,
    beside: Vec<(Uri, Bytes)>,
    grants: Granting,
    grants_endless: Option<Saying>,
    refusal: (u16, Saying),
    secrets: Secrets,
}

impl SourceCheck {
    /// Of the source that `make` makes, which asks at `url`. The server there answers as in RFC 6749 sections 5.1 and 5.2, unless
    /// it is said otherwise.
    ///
    /// # Panics
    /// If `url` is none.
    pub fn new<S: TokenSource>(url: &str, make: impl Fn() -> S + 'static) -> Self {
        let endless = |token: &str| format!(r#"{{"access_token":"{token}","token_type":"Bearer"}}"#);
        Self {
            make: Box::new(move || Arc::new(make())),
            url: parse(url),
            beside: Vec::new(),
            grants: Arc::new(|token, life| {
                format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{life}}}"#)
            }),
            grants_endless: Some(Arc::new(endless)),
            refusal: (400, Arc::new(|why| format!(r#"{{"error":"invalid_client","error_description":"{why}"}}"#))),
            secrets: Secrets::default(),
        }
    }

    /// The body of a grant: of this token, for so many seconds.
    #[must_use]
    pub fn grants(mut self, body: impl Fn(&str, u64) -> String + Send + Sync + 'static) -> Self {
        self.grants = Arc::new(body);
        self.grants_endless = None;
        self
    }

    /// The body of a grant that states no life. Without it, where [`grants`](Self::grants) is said, the server always states one.
    #[must_use]
    pub fn grants_endless(mut self, body: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        self.grants_endless = Some(Arc::new(body));
        self
    }

    /// The status and body with which credentials are refused. The body is made with a word for people, which may stand between
    /// quotes as it is: here the server repeats what it was sent.
    #[must_use]
    pub fn refuses(mut self, status: u16, body: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        self.refusal = (status, Arc::new(body));
        self
    }

    /// What neither an error nor the log may show, and what a report calls it. Tokens that are granted are looked for by themselves.
    #[must_use]
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.add(name, value);
        self
    }

    /// Another URL that the source asks on its way, and what is answered there, always and with status 200: the first of two
    /// steps, a metadata service.
    ///
    /// # Panics
    /// If `url` is none.
    #[must_use]
    pub fn beside(mut self, url: &str, body: impl Into<Bytes>) -> Self {
        self.beside.push((parse(url), body.into()));
        self
    }

    /// Checks it. Takes milliseconds: time is fake.
    pub fn run(&self) -> SourceReport {
        Run::new(self).all()
    }
}

impl fmt::Debug for SourceCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A path may be secret, and what is answered is made up of tokens.
        f.debug_struct("SourceCheck").field("host", &self.url.host()).finish_non_exhaustive()
    }
}

fn parse(url: &str) -> Uri {
    url.parse().ok().filter(|url: &Uri| url.authority().is_some()).unwrap_or_else(|| panic!("this is no url"))
}
