use std::{fs, path::PathBuf, time::Duration};

use jiff::Timestamp;

use super::{Tokens, Wanted};
use crate::{Rejection, random, signing_key::SigningKey};

const NOW: Duration = Duration::from_secs(1_800_000_000);

/// A path that nothing is at, and that is empty again in the end.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("auth-emulator-{}", random::id(12)));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("tokens.json")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(key: &'static SigningKey, place: &Place) -> Tokens {
    Tokens::open(key, Some(place.file())).unwrap()
}

fn named(name: &str) -> Wanted {
    Wanted { name: name.to_owned(), ..Wanted::default() }
}

/// As another process has one.
fn another_key() -> &'static SigningKey {
    Box::leak(Box::new(SigningKey::rsa().unwrap()))
}

#[test]
fn a_server_that_restarts_with_another_key_verifies_the_tokens_of_the_old_one() {
    let place = Place::new();
    let (token, deleted) = {
        let before = open(SigningKey::of_this_process().unwrap(), &place);
        let (token, deleted) =
            (before.create(named("kept"), NOW).unwrap(), before.create(named("deleted"), NOW).unwrap());
        let id = before.verify(&deleted, NOW).unwrap().id;
        assert!(before.delete(&id).unwrap() && !before.delete(&id).unwrap());
        before.used(&before.verify(&token, NOW).unwrap().id, NOW);
        (token, deleted)
    };
    let after = open(another_key(), &place);
    let entry = after.verify(&token, NOW).unwrap();
    assert_eq!((entry.name.as_str(), entry.last_used), ("kept", Timestamp::from_second(1_800_000_000).ok()));
    assert!(after.verify(&deleted, NOW).is_err());
    let new = after.create(named("new"), NOW).unwrap();
    let third = open(SigningKey::of_this_process().unwrap(), &place);
    assert!(third.verify(&token, NOW).is_ok() && third.verify(&new, NOW).is_ok());
    third.delete_all();
    assert_eq!(open(another_key(), &place).list().len(), 0);
}

#[test]
fn the_file_holds_no_token_and_nothing_to_make_one_with() {
    let place = Place::new();
    let key = SigningKey::of_this_process().unwrap();
    let tokens = open(key, &place);
    let token = tokens.create(named("secret"), NOW).unwrap();
    let text = fs::read_to_string(place.file()).unwrap();
    assert!(text.contains(&random::sha256(&token)) && text.contains("\"secret\""));
    for part in token.split('.') {
        assert!(!text.contains(part), "{part}");
    }
    assert!(!text.contains("PRIVATE") && !text.contains("\"d\""), "{text}");
    let left: Vec<_> = fs::read_dir(&place.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["tokens.json"], "nothing else is left behind");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(place.file()).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[cfg(unix)]
#[test]
fn what_can_t_be_written_does_not_happen() {
    let place = Place::new();
    let tokens = open(SigningKey::of_this_process().unwrap(), &place);
    let token = tokens.create(named("kept"), NOW).unwrap();
    let id = tokens.verify(&token, NOW).unwrap().id;
    // A folder where the file was: nothing can be put in its place.
    fs::remove_file(place.file()).unwrap();
    fs::create_dir_all(place.file().join("in the way")).unwrap();
    assert!(tokens.create(named("lost"), NOW).is_err() && tokens.delete(&id).is_err());
    assert_eq!(tokens.list().len(), 1);
    tokens.used(&id, NOW);
    assert!(tokens.verify(&token, NOW).is_ok());
    tokens.delete_all();
    assert!(tokens.verify(&token, NOW).is_err());
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 1, "no half-written file is left behind");
}

#[test]
fn a_token_that_was_not_handed_out_is_refused_though_its_signature_fits() {
    let (one, other) = (tokens(), tokens());
    let token = one.create(named("one"), NOW).unwrap();
    assert!(one.verify(&token, NOW).is_ok());
    assert_eq!(other.verify(&token, NOW).err(), Some(Rejection::Revoked));
    // The same id, but another string: the digest tells.
    let id = one.list()[0].id.clone();
    one.adopt(&id, "another string", NOW);
    assert_eq!(one.verify(&token, NOW).err(), Some(Rejection::Revoked));
}

#[test]
fn a_token_ends_with_its_date_and_not_before() {
    let tokens = tokens();
    let expiry = Timestamp::from_second(1_800_000_060).ok();
    let token = tokens.create(Wanted { expiry, ..named("short") }, NOW).unwrap();
    assert!(tokens.verify(&token, NOW + Duration::from_millis(59_999)).is_ok());
    assert_eq!(tokens.verify(&token, NOW + Duration::from_secs(60)).err(), Some(Rejection::Expired));
    assert_eq!(tokens.verify(&token, NOW - Duration::from_secs(1)).err(), Some(Rejection::NotYetValid));
}

#[test]
fn a_file_that_is_something_else_is_an_error_that_quotes_nothing() {
    let place = Place::new();
    for text in ["", "secret-3141", "[]", r#"{"keys":{},"tokens":[],"secret-3141":1}"#] {
        fs::write(place.file(), text).unwrap();
        let error = Tokens::open(SigningKey::of_this_process().unwrap(), Some(place.file())).err().unwrap();
        assert!(error.to_string().contains("tokens.json") && !error.to_string().contains("3141"), "{error}");
    }
    fs::write(place.file(), r#"{"keys":{"k":{"kty":"RSA","n":"AQAB","e":"AQAB"}},"tokens":[]}"#).unwrap();
    assert!(Tokens::open(SigningKey::of_this_process().unwrap(), Some(place.file())).is_err(), "a weak key is none");
}

fn tokens() -> Tokens {
    Tokens::open(SigningKey::of_this_process().unwrap(), None).unwrap()
}
