//! Whom an endpoint may have its credential from.
//!
//! A file in the working directory was written by whoever wrote the project that one happens to stand in. If it could name the
//! endpoint for a credential from a more trusted place (an argument, a variable, the user's own files, the platform), it could
//! send that credential wherever it likes.

use super::{Found, Lookup, Provenance, Settings};
use crate::Error;

/// The key by which a profile says that an endpoint of the working directory is all right.
const KEY: &str = "allow_nearby_endpoint";

/// Refuses an endpoint from a file of the working directory for a credential from elsewhere, unless that is `allowed`.
///
/// # Errors
/// [`Misconfigured`](crate::ErrorKind::Misconfigured), with both places.
pub fn check(endpoint: &Found, credential: &Found, allowed: bool) -> Result<(), Error> {
    let (from, of) = (endpoint.provenance(), credential.provenance());
    // What one file says whole, it says of its own.
    if allowed || !from.is_nearby() || of.is_nearbys_own() || from.is_same_file(of) {
        return Ok(());
    }
    let message = format!(
        "the {} from {}, a file in the working directory, must not get the {} from {}: allow it with `{KEY}`",
        endpoint.what(),
        endpoint.provenance(),
        credential.what(),
        credential.provenance(),
    );
    Err(Error::misconfigured(message))
}

/// The error about what a file of the working directory names that is not its own: a variable, a file, a source.
pub(crate) fn refused(place: &Provenance, what: &str) -> Error {
    Error::misconfigured(format!(
        "{place}, a file in the working directory, must not name {what}: that may be a secret of the user's; if the file is \
         your own, say so by `Profiles::trusted`"
    ))
}

/// Whether such endpoints are allowed: by a call (`called`), or by `allow_nearby_endpoint = true` in a profile that does not
/// itself stand in the working directory.
///
/// # Errors
/// As [`Settings::find`], and [`Misconfigured`](crate::ErrorKind::Misconfigured) if the key is neither `true` nor `false`.
pub fn allowed(settings: &mut Settings, called: bool) -> Result<bool, Error> {
    if called {
        return Ok(true);
    }
    let Some(found) = settings.find(&Lookup::new(KEY).keys(&[KEY]))? else { return Ok(false) };
    match found.value() {
        "true" => Ok(!found.provenance().is_nearby()),
        "false" => Ok(false),
        _ => Err(found.unusable("it is neither true nor false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Profile, Value};
    use crate::{Env, ErrorKind};

    fn in_file(what: &str, nearby: bool) -> Found {
        let path = if nearby { "/project/x.env" } else { "/users/u/x.env" };
        let place = Provenance::File { path: path.into(), line: Some(3), key: "URL".to_owned(), nearby };
        Found::new(what, "v", place)
    }

    #[test]
    fn what_stands_in_the_working_directory_gets_credentials_from_there_only() {
        let credentials = [
            Found::new("API key", "k", Provenance::Argument("api_key".into())),
            Found::new("API key", "k", Provenance::Variable("KEY".to_owned())),
            Found::new("API key", "k", Provenance::Platform("metadata".into())),
            in_file("API key", false),
        ];
        for credential in credentials {
            let error = check(&in_file("url", true), &credential, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Misconfigured);
            let text = error.to_string();
            assert!(text.contains("/project/x.env:3") && text.contains("allow_nearby_endpoint"), "{text}");
            assert!(text.contains(&credential.provenance().to_string()) && text.len() < 300, "{text}");
            check(&in_file("url", true), &credential, true).unwrap();
            check(&in_file("url", false), &credential, false).unwrap();
        }
        check(&in_file("url", true), &in_file("API key", true), false).unwrap();
    }

    #[test]
    fn a_profile_of_the_working_directory_can_not_allow_itself() {
        for (value, nearby, expect) in [("true", false, true), ("true", true, false), ("false", false, false)] {
            let mut profile = Profile::new("p", "/x/config.toml", nearby);
            profile.insert(KEY, Value::Literal(value.into()), Some(1));
            let mut settings = Settings::new(Env::of([("", "")])).with_profile(profile);
            assert_eq!(allowed(&mut settings, false).unwrap(), expect, "{value} {nearby}");
            assert!(allowed(&mut settings, true).unwrap());
        }
        let mut settings = Settings::new(Env::of([("", "")]));
        assert!(!allowed(&mut settings, false).unwrap());
    }
}
