//! What goes wrong, by name.
//!
//! | file | where it goes wrong |
//! | --- | --- |
//! | [`catalogue`] | the emulator's own scenarios, for ever and once |
//! | [`corpus`] | the token endpoint answers a row of the corpus |
//! | [`token_answers`] | the token endpoint, in more than one step |
//! | [`token_tls`] | its certificate is no good, or what it says leads out of TLS |
//! | [`api_answers`] | the API refuses a token that is good, or was |
//! | [`api_bodies`] | a token ends while a body streams, or before a large one |
//! | [`api_http2`] | the API says GOAWAY |
//! | [`clocks`] | clocks are wrong, jump or stand still; a machine sleeps |
//! | [`runtimes`] | runtimes of every kind; they end, stand still, or are not there |
//! | [`callers`] | callers go away, or come when it is over |
//! | [`files`] | a token file is not there, not whole, or no file |
//! | [`credentials`] | the same of files with settings or a key, and of what a helper prints |
//! | [`store`] | the folder with kept tokens is broken, gone, somebody else's, or locked |
//! | [`processes`] | a process is killed, at the worst moment |
//! | [`own_code`] | the program's own source, listener or transport panics or blocks |

mod api_answers;
mod api_bodies;
mod api_http2;
mod callers;
mod catalogue;
mod clocks;
mod corpus;
#[cfg(target_os = "linux")]
mod credentials;
#[cfg(target_os = "linux")]
mod files;
mod own_code;
#[cfg(target_os = "linux")]
mod processes;
mod runtimes;
#[cfg(target_os = "linux")]
pub(crate) mod store;
mod token_answers;
mod token_tls;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use auth_core::exchange::TokenEndpoint;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, Builder};
use auth_emulator::Emulator;

use crate::expectation::Expectation;
use crate::front::Front;
use crate::scene::{Scene, Seen};

pub(crate) type Act = Pin<Box<dyn Future<Output = Seen> + Send>>;

/// What happens over the front end of that name.
pub(crate) type Named = (&'static str, Arc<dyn Fn() -> Act + Send + Sync>);

/// Something that goes wrong, over each front end.
pub(crate) struct Scenario {
    pub(crate) name: String,
    /// Where it does not stand in the file.
    pub(crate) given: Option<String>,
    /// Where it does not stand in the file.
    pub(crate) expectation: Option<Expectation>,
    pub(crate) acts: [Named; 3],
}

/// How the names begin of those that other systems than this one have to do without.
pub(crate) const ELSEWHERE: &[&str] = if cfg!(target_os = "linux") { &[] } else { &["file/", "store/", "process/"] };

pub(crate) fn all() -> Vec<Scenario> {
    let all = [
        catalogue::all(),
        corpus::all(),
        token_answers::all(),
        token_tls::all(),
        api_answers::all(),
        api_bodies::all(),
        api_http2::all(),
        clocks::all(),
        runtimes::all(),
        callers::all(),
        own_code::all(),
        #[cfg(target_os = "linux")]
        files::all(),
        #[cfg(target_os = "linux")]
        credentials::all(),
        #[cfg(target_os = "linux")]
        store::all(),
        #[cfg(target_os = "linux")]
        processes::all(),
    ];
    all.into_iter().flatten().collect()
}

/// The emulator's API key; the scene says where its tokens may go.
pub(crate) fn api_key(emulator: &Emulator) -> Builder {
    api_key_at(&emulator.token_url())
}

/// The same, to be exchanged somewhere else.
fn api_key_at(token_url: &str) -> Builder {
    let endpoint = TokenEndpoint::parse(token_url).unwrap();
    Authenticator::builder(ApiKey::new(endpoint, Emulator::API_KEY).unwrap())
}

/// Waits for a refresh beside, if there is one.
async fn refreshed<F: Front>(scene: &Scene<F>) {
    while scene.auth.status().is_refreshing() {
        tokio::task::yield_now().await;
    }
}

/// Polls each of them once.
async fn begun(callers: &mut [impl Future<Output = ()> + Unpin]) {
    poll_fn(|cx| {
        callers.iter_mut().for_each(|caller| {
            let _waits = Pin::new(caller).poll(cx);
        });
        Poll::Ready(())
    })
    .await;
}

/// One front end's.
pub(crate) fn over<F: Front, A>(act: impl Fn() -> A + Send + Sync + 'static) -> Named
where
    A: Future<Output = Seen> + Send + 'static,
{
    (F::NAME, Arc::new(move || Box::pin(act())))
}

/// The same over each front end: a function that is generic over it, and what it is called with.
macro_rules! over_each {
    (@ $front:ty, $act:ident($($with:ident),*)) => {{
        $(let $with = $with.clone();)*
        $crate::scenarios::over::<$front, _>(move || $act::<$front>($($with.clone()),*))
    }};
    ($act:ident($($with:ident),*)) => {
        [
            $crate::scenarios::over_each!(@ $crate::front::Core, $act($($with),*)),
            $crate::scenarios::over_each!(@ $crate::rig::Reqwest, $act($($with),*)),
            $crate::scenarios::over_each!(@ $crate::rig::Tower, $act($($with),*)),
        ]
    };
}
pub(crate) use over_each;

/// Names functions that are generic over the front end.
macro_rules! scenarios {
    ($($name:literal: $act:ident),+ $(,)?) => {
        pub(super) fn all() -> Vec<$crate::scenarios::Scenario> {
            vec![$($crate::scenarios::Scenario {
                name: $name.to_owned(),
                given: None,
                expectation: None,
                acts: $crate::scenarios::over_each!($act()),
            }),+]
        }
    };
}
use scenarios;
