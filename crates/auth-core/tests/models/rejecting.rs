//! A 401, beside everything else that may happen.

use auth_core::adapter::{Attach, Recovery};
use auth_core::{Authenticator, Error};
use http::{HeaderMap, Uri};

use super::checker::{block_on, check, check_within, thread};
use super::world::{Answers, Tasks, token, world};

/// The generation that a request is sent again with, after its token was rejected.
fn recovered(auth: &Authenticator, rejected: u64) -> Result<u64, Error> {
    let credential = match auth.recover(rejected) {
        Recovery::Resend(credential) => credential,
        Recovery::Wait(recover) => block_on(recover)?,
        Recovery::Return(error) => return Err(error),
    };
    assert!(credential.generation() > rejected, "sent again with what was rejected");
    Ok(credential.generation())
}

#[test]
fn two_late_rejections_of_one_token_force_one_fetch() {
    check(|| {
        let world = world(Answers::AtOnce, Tasks::Run);
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v1");
        world.source.set_version(2);
        let auth = world.auth.clone();
        let other = thread::spawn(move || recovered(&auth, 1).unwrap());
        assert_eq!(recovered(&world.auth, 1).unwrap(), 2);
        assert_eq!(other.join().unwrap(), 2);
        assert_eq!(world.end().calls(), 2);
    });
}

#[test]
fn a_rejection_beside_a_replacement_costs_no_fetch_of_its_own() {
    check_within(2, || {
        let world = world(Answers::AfterOthers, Tasks::Run);
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v1");
        world.source.set_version(2);
        // Past the pause after a fetch, in which nobody gets another by asking for it.
        world.pass(100);
        let auth = world.auth.clone();
        let other = thread::spawn(move || recovered(&auth, 1).unwrap());
        let (uri, mut headers) = (Uri::from_static("https://api.example.com/"), HeaderMap::new());
        if let Attach::Wait(acquire) = world.auth.attach_fresh(&uri, &mut headers).unwrap() {
            assert_eq!(block_on(acquire).unwrap().generation(), 2);
        }
        assert_eq!(other.join().unwrap(), 2);
        assert_eq!(world.end().calls(), 2);
    });
}

/// Its 401 comes while the token is being forgotten and fetched anew: that is its news, not the new token's.
#[test]
fn a_late_rejection_leaves_a_newer_token_alone() {
    check(|| {
        let world = world(Answers::AtOnce, Tasks::Run);
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v1");
        world.source.set_version(2);
        world.auth.invalidate();
        let auth = world.auth.clone();
        let other = thread::spawn(move || recovered(&auth, 1).unwrap());
        assert_eq!(block_on(token(&world.auth)).unwrap(), "v2");
        assert_eq!(other.join().unwrap(), 2);
        assert!(!world.auth.status().is_suspect(), "the newer one was not rejected");
        assert_eq!(world.end().calls(), 2);
    });
}
