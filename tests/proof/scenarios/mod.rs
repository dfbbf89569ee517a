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

mod api_answers;
mod api_bodies;
mod api_http2;
mod catalogue;
mod corpus;
mod token_answers;
mod token_tls;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::expectation::Expectation;
use crate::scene::Seen;

pub(crate) type Act = Pin<Box<dyn Future<Output = Seen> + Send>>;

/// What happens over the front end of that name. It may know how long it may take.
pub(crate) type Named = (&'static str, Arc<dyn Fn(&Expectation) -> Act + Send + Sync>);

/// Something that goes wrong, over each front end.
pub(crate) struct Scenario {
    pub(crate) name: String,
    /// Where it does not stand in the file.
    pub(crate) given: Option<String>,
    /// Where it does not stand in the file.
    pub(crate) expectation: Option<Expectation>,
    pub(crate) acts: [Named; 3],
}

pub(crate) fn all() -> Vec<Scenario> {
    let token = [catalogue::all(), corpus::all(), token_answers::all(), token_tls::all()];
    let api = [api_answers::all(), api_bodies::all(), api_http2::all()];
    token.into_iter().chain(api).flatten().collect()
}

/// The same over each front end: a function that is generic over it, and what it is called with.
macro_rules! over_each {
    ($act:ident($($with:ident),*)) => {
        [
            $crate::scenarios::over_one!($crate::front::Core, $act($($with),*)),
            $crate::scenarios::over_one!($crate::rig::Reqwest, $act($($with),*)),
            $crate::scenarios::over_one!($crate::rig::Tower, $act($($with),*)),
        ]
    };
}
use over_each;

macro_rules! over_one {
    ($front:ty, $act:ident($($with:ident),*)) => {{
        $(let $with = $with.clone();)*
        let act: std::sync::Arc<dyn Fn(&$crate::expectation::Expectation) -> $crate::scenarios::Act + Send + Sync> =
            std::sync::Arc::new(move |_expectation| {
                $(let $with = $with.clone();)*
                Box::pin($act::<$front>($($with,)* _expectation.within > 0))
            });
        (<$front as $crate::front::Front>::NAME, act)
    }};
}
use over_one;

/// Names functions that are generic over the front end.
macro_rules! scenarios {
    ($($name:literal: $act:ident),+ $(,)?) => {
        pub(super) fn all() -> Vec<$crate::scenarios::Scenario> {
            vec![$($crate::scenarios::Scenario {
                name: $name.to_owned(),
                given: None,
                expectation: None,
                acts: [
                    (<$crate::front::Core as $crate::front::Front>::NAME, std::sync::Arc::new(|_| Box::pin($act::<$crate::front::Core>()))),
                    (<$crate::rig::Reqwest as $crate::front::Front>::NAME, std::sync::Arc::new(|_| Box::pin($act::<$crate::rig::Reqwest>()))),
                    (<$crate::rig::Tower as $crate::front::Front>::NAME, std::sync::Arc::new(|_| Box::pin($act::<$crate::rig::Tower>()))),
                ],
            }),+]
        }
    };
}
use scenarios;
