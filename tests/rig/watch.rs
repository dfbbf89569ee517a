//! What a client gets is looked at, whatever the test is about: errors and outcomes tell no secret of the rig's.

use std::error::Error as StdError;
use std::sync::LazyLock;

use auth_core::Outcome;
use auth_emulator::{Emulator, systems};
use bytes::Bytes;
use http::Response;

use super::Failed;
use crate::hunt::Hunt;

/// After what the emulator knows. Its tokens are others each time.
static HUNT: LazyLock<Hunt> = LazyLock::new(|| {
    Hunt::after([
        ("the API key", Emulator::API_KEY),
        ("the client secret", systems::OAuth::CLIENT_SECRET),
        ("the compute resource token", systems::Ibm::CR_TOKEN),
        ("the session", systems::Remote::SESSION),
    ])
});

pub(super) fn outcome(response: &Response<Bytes>) {
    if let Some(outcome) = response.extensions().get::<Outcome>() {
        look(&format!("{outcome:?}"));
    }
}

pub(super) fn failed(failed: &Failed) {
    let error: &(dyn StdError + 'static) = match failed {
        Failed::Auth(error) => error,
        Failed::Client(error) => &**error,
    };
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.for_each(|error| look(&format!("{error} {error:?}")));
}

/// The counting source's tokens are shorter than a piece: they are known by their shape.
fn look(text: &str) {
    HUNT.check("what a caller gets", text);
    let counted = text.split("token-").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    assert!(!counted, "what a caller gets shows a token: {text}");
}

#[test]
fn what_no_caller_should_get_is_noticed() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    for leak in [format!("{} was refused", Emulator::API_KEY), "Bearer token-1 was refused".to_owned()] {
        let error = Failed::Client(leak.clone().into());
        assert!(catch_unwind(AssertUnwindSafe(|| failed(&error))).is_err(), "{leak}");
    }
    failed(&Failed::Client("the token-endpoint refused the API key".into()));
}
