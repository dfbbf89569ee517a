//! auth-core as a reqwest middleware: every request authenticated, through expiry, rotation, outages and revocation.
//!
//! ```
//! use auth_reqwest::{ClientExt, ReqwestTransport, api_client};
//! use auth_reqwest::core::{Authenticator, exchange::TokenEndpoint, sources::ApiKey};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let key = ApiKey::new(TokenEndpoint::parse("https://iam.example.com/token")?, "my-api-key")?;
//! let auth = Authenticator::builder(key)
//!     .for_origins(["https://api.example.com"]) // the token goes nowhere else
//!     .transport(ReqwestTransport::new()?)
//!     .build()?;
//! let client = api_client().build()?.authenticated(auth);
//!
//! let response = client.get("https://api.example.com/items").send().await?;
//! # let _ = response;
//! # Ok(())
//! # }
//! ```
//!
//! A program that keeps its plain `reqwest::Client` authenticates one request at a time:
//! [`.send_with(&auth)`](RequestBuilderExt::send_with) in place of `.send()`.
//!
//! The guides are in `docs/guides` in the repository: `getting-started.md` first, `reqwest.md` for this crate.
//!
//! # TLS
//!
//! No TLS backend is chosen here: depend on reqwest 0.13 with its default features, or with those you want. This crate has
//! it as [`reqwest`], and [`reqwest_middleware`] with it, in the versions that fit.
//!
//! # A client of one API
//!
//! [`ApiClient`] is a base URL, the credential, what every request says besides, JSON, errors that say what to change,
//! retries and paging in one; `clients` has those of five systems, each behind its feature.
//!
//! # Where it goes among other middlewares
//!
//! The first that is added is the outermost. **[`AuthMiddleware`] goes last**, innermost, but for what is to see each
//! sending with its header (tracing of what is on the wire).
//!
//! * `reqwest-retry` goes **outside**: each try is authenticated anew. An authentication error means that nothing was sent,
//!   and is not tried again, since the fetch of the token was repeated already. Inside, one retry would repeat a request
//!   with the token that the first try was refused with.
//! * A cache goes outside too, and must not share answers between credentials.
//!
//! Nothing inside may change a request's URL: the credential is on it already.
//!
//! # Redirects
//!
//! reqwest follows redirects below any middleware, and takes headers along: an API key in `x-api-key` goes wherever a server
//! points, and so does `authorization` on a stranger's second hop. Clients made with [`api_client`] follow within the origin,
//! and return the 3xx that points to another. For a builder of your own there is [`same_origin_redirects`]. A client built
//! otherwise can't be stopped from here; that another origin has answered is noticed and logged as a warning, and its
//! 401 is not taken for a rejection.
//!
//! # When a 401 is answered by sending again
//!
//! A request whose token is rejected is sent once more with a newer one, if its body is none or bytes
//! (`Request::try_clone`); a streaming body passes once, and the next request has the newer token.
//! [`AuthMiddleware::without_replay`] and [`AuthMiddleware::replay_if`] narrow that. What happened is in the response's
//! extensions ([`core::Outcome`]). A request that was redirected under way is sent again only if its method is safe
//! (RFC 9110 section 9.2.1): its first hop may have been applied. (A redirect back to the very same URL can't be told from
//! none.)
//!
//! # Per request
//!
//! [`core::RequestAuth`] is given to `RequestBuilder::with_extension` of reqwest-middleware: none, another
//! authenticator, or a fresh token for this one. A header of the request's own under the name that the credential writes
//! wins. A header among the client's `default_headers` does not: reqwest adds those below, where they are not seen, and
//! only if the request has none of that name. Extensions of an `http::Request` that is made into one of reqwest's stay
//! hidden, and so does a `RequestAuth` among them.
//!
//! # Errors
//!
//! A middleware's error is `reqwest_middleware::Error`; [`ErrorExt::auth`] finds ours in it, whatever is around it. reqwest's
//! errors lose the URL that they quote, whose path or query may be secret; those of `error_for_status()` and of reading a
//! body are made later, and have it.
//!
//! # What differs from the Tower layer
//!
//! | | here | `auth-tower` |
//! | --- | --- | --- |
//! | redirects | followed by reqwest below, within the origin | by a layer outside, which sees every hop |
//! | sent again by default | no body, or bytes | no body |
//! | allocations on a hit | a boxed future (every middleware's), and the copy for a replay | none, but for a copy |
//! | limits on time | the client's, for each sending; a request's own, for the wait for a token too | a layer's |
//! | a 401 after a redirect | the request begins anew, if its method is safe | each hop is judged by itself |
//! | `default_headers` | not seen | there are none |
//!
//! # Features
//!
//! None is on by default. `cape`, `ibm`, `ivcap`, `podstack`, `skyflow`: the system of that name in `core::systems`, and its
//! client in `clients`; `systems` is all of them. `exec`, `profiles`, `signing`: those of auth-core.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod below;
mod client;
#[cfg(any(feature = "cape", feature = "ibm", feature = "ivcap", feature = "podstack", feature = "skyflow"))]
pub mod clients;
mod error;
mod extend;
mod limit;
mod middleware;
mod replay;
mod send;
mod transport;
mod url;

/// The code of this crate's README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use auth_core as core;
pub use reqwest;
pub use reqwest_middleware;

pub use api::{
    ApiClient, ApiClientBuilder, ApiError, ApiErrorKind, ApiRequest, ApiResponse, Pages, Paging, Retries, Whoami, path,
};
pub use client::{api_client, same_origin_redirects, token_client};
pub use error::{Error, ErrorExt};
pub use extend::{ClientExt, RequestBuilderExt};
pub use middleware::AuthMiddleware;
pub use transport::ReqwestTransport;
