//! What goes wrong, by name.
//!
//! | file | where it goes wrong |
//! | --- | --- |
//! | [`token_answers`] | the token endpoint answers something else than a token |
//! | [`api_answers`] | the API refuses a token that is good, or was |

mod api_answers;
mod token_answers;

use std::future::Future;
use std::pin::Pin;

use crate::scene::Seen;

pub(crate) type Act = Pin<Box<dyn Future<Output = Seen> + Send>>;

/// What happens over the front end of that name.
pub(crate) type Named = (&'static str, fn() -> Act);

/// Something that goes wrong, over each front end.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) acts: [Named; 3],
}

pub(crate) fn all() -> Vec<Scenario> {
    [token_answers::all(), api_answers::all()].into_iter().flatten().collect()
}

/// Names functions that are generic over the front end.
macro_rules! scenarios {
    ($($name:literal: $act:ident),+ $(,)?) => {
        pub(super) fn all() -> Vec<$crate::scenarios::Scenario> {
            vec![$($crate::scenarios::Scenario {
                name: $name,
                acts: [
                    (<$crate::front::Core as $crate::front::Front>::NAME, || Box::pin($act::<$crate::front::Core>())),
                    (<$crate::rig::Reqwest as $crate::front::Front>::NAME, || Box::pin($act::<$crate::rig::Reqwest>())),
                    (<$crate::rig::Tower as $crate::front::Front>::NAME, || Box::pin($act::<$crate::rig::Tower>())),
                ],
            }),+]
        }
    };
}
use scenarios;
