//! Whether a source does what the engine counts on.
//!
//! | file | idea |
//! | --- | --- |
//! | [`run`] | scenes one after the other, and what is looked at in all of them |
//! | [`answers`] | what a server may answer, and the kind of error it comes to |
//! | [`lifetime`] | what is granted, and for how long |
//! | [`crowd`] | behind an authenticator: a herd, an outage |
//! | [`half_way`] | dropped at each await |
//! | [`server`], [`stage`] | what a source stands between: a transport, and an authenticator on a fake clock |
//! | [`secrets`], [`overheard`] | what is not to be shown, and what is logged |
//! | [`report`] | what was found |

mod answers;
mod crowd;
mod half_way;
mod lifetime;
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
/// Each promise is a line of the report, by its name; the guide on testing has all of them, with what the server does. Credentials
/// are looked for in `Display`, `Debug` and causes of each error, and in what is logged down to TRACE: eight bytes in a row, plain,
/// percent-encoded, in hex or base64.
///
/// That it is `Send` and `'static` is checked by the compiler. It says nothing of sources that ask by other means than the transport,
/// such as a vendor's SDK, which it finds to bring nothing.
pub struct SourceCheck {
    make: Box<dyn Fn() -> Arc<dyn TokenSource>>,
    url: Uri,
    /// Other URLs, and what is answered there.
    others: Vec<(Uri, Bytes)>,
    is_exchanged: bool,
    grants: Granting,
    grants_endless: Option<Saying>,
    refusal: (u16, Saying),
    secrets: Secrets,
    has_no_secret: bool,
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
            others: Vec::new(),
            is_exchanged: false,
            grants: Arc::new(|token, seconds| {
                format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{seconds}}}"#)
            }),
            grants_endless: Some(Arc::new(endless)),
            refusal: (400, Arc::new(|why| format!(r#"{{"error":"invalid_client","error_description":"{why}"}}"#))),
            secrets: Secrets::default(),
            has_no_secret: false,
        }
    }

    /// The body of a grant: of this token, for so many seconds.
    #[must_use]
    pub fn grants(mut self, body: impl Fn(&str, u64) -> String + Send + Sync + 'static) -> Self {
        self.grants = Arc::new(body);
        self.grants_endless = None;
        self
    }

    /// The body of a grant that states no lifetime. Without it, where [`grants`](Self::grants) is said, the server always states one.
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
    /// Without any a promise is broken, for then nothing says that the credential was looked for.
    #[must_use]
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.add(name, value);
        self
    }

    /// There is none but the tokens: the source asks with what everybody may know, such as where it runs.
    #[must_use]
    pub fn has_no_secret(mut self) -> Self {
        self.has_no_secret = true;
        self
    }

    /// Another URL that the source asks on its way, and what is answered there, always and with status 200: the first of two
    /// steps, a metadata service. Of the first step's own failures see [`exchanged_at`](Self::exchanged_at).
    ///
    /// # Panics
    /// If `url` is none.
    #[must_use]
    pub fn also_serves(mut self, url: &str, body: impl Into<Bytes>) -> Self {
        self.others.push((parse(url), body.into()));
        self
    }

    /// Makes this a check of the first of two steps: what is granted is exchanged at this other URL for the token that the source
    /// brings, and there this is answered, always and with status 200. What is promised of that token, and of its lifetime, is skipped.
    ///
    /// # Panics
    /// If `url` is none.
    #[must_use]
    pub fn exchanged_at(mut self, url: &str, body: impl Into<Bytes>) -> Self {
        self.is_exchanged = true;
        self.also_serves(url, body)
    }

    /// Checks it. Takes milliseconds: time is fake.
    ///
    /// # Panics
    /// Inside a tokio runtime, which would run what has to keep to the fake clock: call it in a `#[test]`, and not in a
    /// `#[tokio::test]`.
    #[track_caller]
    pub fn run(&self) -> SourceReport {
        let is_outside = tokio::runtime::Handle::try_current().is_err();
        assert!(is_outside, "a source is checked outside of any tokio runtime: in a #[test], not a #[tokio::test]");
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
