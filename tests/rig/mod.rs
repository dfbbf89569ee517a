//! What the tests of adapters stand on: every adapter behind one trait, what is below it, and what is around it.
//!
//! A test of an adapter is a function that is generic over [`Adapter`]; [`over_all!`] makes a test of it for each. So
//! nothing is written twice, and what one adapter does and another does not shows at once.
//!
//! | module | idea |
//! | --- | --- |
//! | [`client`] | a client with an authenticator in it, whichever adapter made it |
//! | [`tower`], [`reqwest`] | the adapters |
//! | [`load`] | a request's body: bytes, or a stream that passes once |
//! | [`server`] | whoever answers requests in this process |
//! | [`follow`] | following redirects in this process, for the adapter whose client does so over sockets only |
//! | [`api`] | an API that keeps what it got, and refuses the tokens it was told to |
//! | [`counting`] | a source that counts |
//! | [`lifeline`] | whether a process and all that it started are gone |
//! | [`stage`] | an emulator, and an authenticator with its key |
//! | [`tls`] | whether reqwest has it here |
//! | [`watch`] | whatever a test is about: no secret in the errors and outcomes that its client gets |

mod api;
pub(crate) mod client;
mod counting;
mod follow;
#[cfg(unix)]
mod lifeline;
mod load;
mod reqwest;
mod server;
mod stage;
pub(crate) mod tls;
mod tower;
mod watch;

use std::sync::Arc;

use auth_core::{Authenticator, Transport};

pub(crate) use self::api::Api;
pub(crate) use self::client::{Client, Failed, Redirects, Replay, Setup};
pub(crate) use self::counting::Counting;
#[cfg(unix)]
pub(crate) use self::lifeline::{HANG, Lifeline, is_there};
pub(crate) use self::load::Load;
pub(crate) use self::reqwest::Reqwest;
pub(crate) use self::server::{Answering, Server};
pub(crate) use self::stage::{Stage, api_key};
pub(crate) use self::tower::{Tower, hyper, hyper2};

/// The origin that tests in the process use. Nobody goes there.
pub(crate) const ORIGIN: &str = "https://api.example.com";

/// An HTTP client's library with our adapter for it.
pub(crate) trait Adapter: 'static {
    /// A client over an API in this process, on virtual time.
    fn in_process(setup: Setup) -> Client;

    /// A client over real sockets: the one that the adapter's documentation recommends.
    fn over_sockets(auth: Authenticator, replay: Replay) -> Client;

    /// What fetches tokens over real sockets.
    fn transport() -> Arc<dyn Transport>;

    /// Whether a request can be made that says a path only, and leaves the host to the connection.
    const PATH_ONLY: bool;

    /// Whether it speaks TLS as soon as reqwest does.
    const HAS_REQWESTS_TLS: bool;
}

/// A client over this API, made as the adapter's documentation begins.
pub(crate) fn over<A: Adapter>(auth: &Authenticator, api: &Api) -> Client {
    over_with::<A>(auth, Replay::AsMade, api)
}

pub(crate) fn over_with<A: Adapter>(auth: &Authenticator, replay: Replay, api: &Api) -> Client {
    let server = Arc::new(api.clone());
    A::in_process(Setup { auth: auth.clone(), replay, redirects: Redirects::Returned, server })
}

/// A `GET` without a body.
pub(crate) fn get(url: impl std::fmt::Display) -> http::Request<Load> {
    http::Request::get(url.to_string()).body(Load::default()).unwrap()
}

/// Makes a test of each body for each adapter: `adapter::replay::tower::a_body`, `adapter::replay::reqwest::a_body`.
macro_rules! over_all {
    ($($body:ident),+ $(,)?) => {
        mod tower {
            $(#[tokio::test]
            async fn $body() {
                super::$body::<$crate::rig::Tower>().await;
            })+
        }
        mod reqwest {
            $(#[tokio::test]
            async fn $body() {
                super::$body::<$crate::rig::Reqwest>().await;
            })+
        }
    };
}
pub(crate) use over_all;
