//! Everything that can go wrong at a server, by name.
//!
//! | file | what is wrong |
//! | --- | --- |
//! | [`wire`] | the connection, or what is on it |
//! | [`status`] | a status that is no success, and when to come back |
//! | [`oauth_error`] | the token endpoint says no, in the words of OAuth |
//! | [`answer`] | an answer that looks like success |
//! | [`redirect`] | it is elsewhere |
//! | [`api`] | the API refuses a token that is good |

mod answer;
mod api;
mod oauth_error;
mod redirect;
mod status;
mod wire;

use std::fmt;

use crate::{Emulator, Fault, Flaw, Wire};

/// Something that goes wrong at a server, with a name.
///
/// A test of a program runs over [all](Self::all) of them and learns which one it can't stand: it must come to an end each
/// time, in the time that it promises, and no secret may be at the other origin.
///
/// ```
/// use auth_emulator::{Emulator, Scenario};
///
/// # async fn the_program(_: &Emulator) {}
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// for scenario in Scenario::all() {
///     let emulator = Emulator::start().await?;
///     scenario.arm(&emulator);
///     the_program(&emulator).await; // ends, whatever it comes to: put your own limit of time around it
///     assert!(emulator.other_requests().iter().all(|request| !request.carries(Emulator::API_KEY)), "{scenario}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// Names begin with `token/` or `api/`, which is where it happens, and stay what they are. There will be more. What happens to a whole
/// connection, such as `token/reset-on-accept`, is named where it is met first, and happens to the API too, which has the same port.
#[derive(Clone)]
pub struct Scenario {
    name: String,
    description: String,
    what: What,
}

#[derive(Clone)]
enum What {
    Connection(Wire),
    Token(Fault),
    Answer(Flaw),
    Api(Fault),
}

impl Scenario {
    /// All of them, in no order that is promised.
    pub fn all() -> Vec<Self> {
        [wire::all(), status::all(), oauth_error::all(), answer::all(), redirect::all(), api::all()]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|scenario| scenario.name == name)
    }

    /// Such as `token/reset-in-head`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What goes wrong, in a sentence without its full stop.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Lets it go wrong from now on, each time, until [`Emulator::clear_faults`].
    ///
    /// What happens to a connection meets those to the token endpoint and to the API alike, for both are on the main port.
    pub fn arm(&self, emulator: &Emulator) {
        match self.what.clone() {
            What::Connection(wire) => emulator.connection_faults().always(wire),
            What::Token(fault) => emulator.token_faults().always(fault),
            What::Answer(flaw) => emulator.token_flaws().always(flaw),
            What::Api(fault) => emulator.api_faults().always(fault),
        }
    }

    /// Lets it go wrong the next time only: a program that tries again, where that makes sense, gets through.
    pub fn arm_once(&self, emulator: &Emulator) {
        match self.what.clone() {
            What::Connection(wire) => emulator.connection_faults().once(wire),
            What::Token(fault) => emulator.token_faults().once(fault),
            What::Answer(flaw) => emulator.token_flaws().once(flaw),
            What::Api(fault) => emulator.api_faults().once(fault),
        }
    }

    fn connection(name: &str, description: &str, wire: Wire) -> Self {
        Self { name: format!("token/{name}"), description: description.to_owned(), what: What::Connection(wire) }
    }

    fn token(name: impl fmt::Display, description: impl Into<String>, fault: impl Into<Fault>) -> Self {
        Self { name: format!("token/{name}"), description: description.into(), what: What::Token(fault.into()) }
    }

    fn flaw(name: &str, description: &str, flaw: Flaw) -> Self {
        Self { name: format!("token/{name}"), description: description.to_owned(), what: What::Answer(flaw) }
    }

    fn api(name: impl fmt::Display, description: impl Into<String>, fault: impl Into<Fault>) -> Self {
        Self { name: format!("api/{name}"), description: description.into(), what: What::Api(fault.into()) }
    }
}

/// Its name.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scenario")
            .field("name", &self.name)
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}
