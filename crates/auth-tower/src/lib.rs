//! auth-core as a Tower layer: every request authenticated, through expiry, rotation, outages and revocation.
//!
//! An API key, exchanged for tokens that go out with every request of hyper's client (feature `hyper`):
//!
#![cfg_attr(feature = "hyper", doc = "```no_run")]
#![cfg_attr(not(feature = "hyper"), doc = "```text")]
//! use auth_tower::core::{Authenticator, exchange::TokenEndpoint, sources::ApiKey};
//! use auth_tower::{AuthLayer, HyperTransport};
//! use bytes::Bytes;
//! use http::Request;
//! use http_body_util::Full;
//! use hyper_util::{client::legacy::Client, rt::TokioExecutor};
//! use tower::{Layer, Service, ServiceExt};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = ApiKey::new(TokenEndpoint::parse("http://127.0.0.1:8080/token")?, "my-api-key")?;
//! let auth = Authenticator::builder(key)
//!     .for_origins(["http://127.0.0.1:8081"]) // the token goes nowhere else
//!     .transport(HyperTransport::new()) // https: `with_connector`, and the same connector for the client
//!     .build()?;
//! let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
//! let mut client = AuthLayer::new(auth).layer(client);
//!
//! let request = Request::get("http://127.0.0.1:8081/items").body(Full::default())?;
//! let response = client.ready().await?.call(request).await?;
//! # let _ = response;
//! # Ok(())
//! # }
//! ```
//!
//! A token that is given needs no transport, nor the feature: `StaticToken`, `EnvToken`, `FileToken` of
//! [`core::sources`].
//!
//! The guides are in `docs/guides` in the repository: `getting-started.md` first, `tower.md` for this crate.
//!
//! # Where it goes in a stack
//!
//! Outside in: `FollowRedirect`, `Retry`, timeouts over the whole call, **`AuthLayer`**, then what belongs to one sending
//! of a request (per-try timeouts, tracing of what is sent, the client).
//!
//! * `FollowRedirect` goes **outside**: the layer then sees every hop and attaches nothing to other origins. Inside, the
//!   client would carry the header wherever the server points; tower-http drops five well-known names on a change of host,
//!   and `x-api-key` is none of them.
//!   On a change of origin it also drops a request's extensions, and [`RequestAuth`](core::RequestAuth) with them: what
//!   a request wished for itself holds up to the first foreign hop.
//! * `Retry` goes **outside**: each try is authenticated anew. An [`Error::Auth`] means that nothing was sent, and
//!   [`is_transient`](core::Error::is_transient) says whether trying again makes sense.
//! * `Buffer`, `ConcurrencyLimit` and `BoxCloneSyncService` can stand on either side. Those whose errors are boxes
//!   (`Buffer`, `Timeout`, `LoadShed`) want a [`map_err`](BoxedError) when they stand inside. If tokens are fetched through
//!   the same limited service, keep a permit for them: a request that waits for its token holds one.
//!
//! # When a 401 is answered by sending again
//!
//! A request whose token is rejected is sent once more with a newer one, if it still can be: by default if its body was at
//! its end ([`WhenEmpty`]); [`Cloned`] bodies on request; [`AuthLayer::without_replay`] asks nothing of the body type and
//! saves the copy of the headers and the clone of the service: only then a hit costs little more than a static header, and
//! least in a client that is kept and not cloned for every request.
//! Streaming bodies pass once; buffering them is a layer of its own, outside this one.
//! What happened is in the response's extensions ([`core::Outcome`]). The first response is held until the second is on its
//! way, and handed on if the inner service does not become ready within 10 s.
//!
//! # The annotation that trips people
//!
//! A service is generic over its request, and `ready()` has no request to infer it from. If the compiler asks for type
//! annotations, name it:
//!
//! ```
//! # use auth_tower::{AuthLayer, core::{Authenticator, sources::StaticToken}};
//! # use bytes::Bytes;
//! # use http::{Request, Response};
//! # use http_body_util::Full;
//! # use tower::{Layer, Service, service_fn};
//! use tower::ServiceExt;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let auth = Authenticator::builder(StaticToken::new("t")?).anywhere().build()?;
//! # let client = service_fn(|_: Request<Full<Bytes>>| async { Ok::<_, std::io::Error>(Response::new(())) });
//! let mut client = AuthLayer::new(auth).layer(client);
//! let ready = ServiceExt::<Request<Full<Bytes>>>::ready(&mut client).await?;
//! # let _ = ready;
//! # Ok(())
//! # }
//! ```
//!
//! If it says that the trait `Default` is not implemented, or that `Auth<..>` doesn't satisfy `Service<_>`, the body can't be
//! sent again: say [`.without_replay()`](AuthLayer::without_replay) or [`.replay(Cloned)`](AuthLayer::replay). If `Clone` is
//! missing, it is the client's: the layer needs one that can be cloned.
//!
//! # Features
//!
//! None is on by default. `broker`: `Broker`, a service that hands short-lived tokens to web pages. `hyper`: `HyperTransport`, a ready transport for sources. `grpc`: `AuthLayer::grpc`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
mod aside;
mod base_url;
#[cfg(feature = "broker")]
mod broker;
mod error;
mod future;
mod layer;
mod lend;
mod options;
mod replay;
mod service;
mod transport;

#[cfg(feature = "hyper")]
mod hyper;

/// The code of this crate's README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use auth_core as core;

pub use access::{AccessLayer, InContext};
pub use base_url::{BaseUrl, BaseUrlLayer};
#[cfg(feature = "broker")]
#[cfg_attr(docsrs, doc(cfg(feature = "broker")))]
pub use broker::{Broker, Session};
pub use error::{BoxedError, Error};
pub use future::ResponseFuture;
#[cfg(feature = "hyper")]
pub use hyper::HyperTransport;
pub use layer::AuthLayer;
pub use replay::{Cloned, Never, Nothing, OnlyIf, Replay, WhenEmpty};
pub use service::Auth;
pub use transport::TowerTransport;
