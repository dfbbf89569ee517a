//! API keys of service accounts.

use crate::{Error, Secret, token_value};

/// How every one begins, and how long it is.
const PREFIX: &str = "sky-";
const LENGTH: usize = 42;

/// Whether a value is meant to be an API key, be it a whole one or not.
pub(super) fn is_meant(value: &str) -> bool {
    value.trim_start().starts_with(PREFIX)
}

/// The API key in a value, without the white space around it.
pub(super) fn clean(value: &Secret) -> Result<Secret, Error> {
    let refused = |reason: &dyn std::fmt::Display| {
        Error::misconfigured(format!("the Skyflow API key (`api_key`) is not usable: {reason}"))
    };
    let key = token_value::clean(value.expose().as_bytes()).map_err(|reason| refused(&reason))?;
    if key.starts_with("eyJ") {
        return Err(refused(&"it is a bearer token; give it as `token`"));
    }
    if !key.starts_with(PREFIX) || key.len() != LENGTH {
        return Err(refused(&format!(
            "it has to be {LENGTH} characters beginning with `{PREFIX}`; copy it again, whole"
        )));
    }
    Ok(key.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sky-ab123-0123456789abcdef0123456789abcdef";

    #[test]
    fn an_api_key_is_42_characters_that_begin_with_sky() {
        let clean = |key: &str| clean(&Secret::new(key)).map(|key| key.expose().to_owned());
        assert_eq!(clean(&format!(" {KEY}\n")).as_deref().ok(), Some(KEY));
        let cut = &KEY[..41];
        let long = format!("{KEY}0");
        let other = format!("ski-{}", &KEY[4..]);
        let quoted = format!("\"{KEY}\"");
        let scheme = format!("Bearer {KEY}");
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln-000";
        assert_eq!(jwt.len(), 42);
        for bad in [cut, &long, &other, &quoted, &scheme, jwt, "", "sky-"] {
            let error = clean(bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Misconfigured);
            let message = error.to_string();
            assert!(message.contains("api_key") && !message.contains("ab123-01"), "{message}");
        }
        assert!(clean(jwt).unwrap_err().to_string().contains("`token`"));
    }
}
