//! A token as somebody wrote it down: what is accepted can be sent, is what stands there, and what is refused is not repeated.

use auth_core::runtime::FakeRuntime;
use auth_core::settings::{Found, Provenance};
use auth_core::sources::{EnvToken, FileToken, StaticToken};
use auth_core::{Authenticator, Env, Error, TokenSource};
use std::time::Duration;

use crate::canary::{check_debug, check_error, filled, filled_text};
use crate::stage::{check_credential, file, is_token};

pub fn check(data: &[u8]) {
    let bytes = filled(data);
    let read = fetched(FileToken::new(file(&bytes)));
    let Some(text) = filled_text(data) else {
        assert!(read.is_none(), "only text has a token");
        return;
    };
    let place = Provenance::Variable("ACME_TOKEN".to_owned());
    let found = Found::new("token", text.as_str(), place);
    check_debug(&found);
    let token = match found.token() {
        Ok(token) => Some(token.expose().to_owned()),
        Err(error) => {
            check_error(&error);
            None
        }
    };
    assert_eq!(read, token, "a file and a variable are read alike");
    if text.len() <= 64 * 1024 && !text.contains('\0') {
        assert_eq!(fetched(EnvToken::of(Env::of([("ACME_TOKEN", text.as_str())]), "ACME_TOKEN")), token);
    }
    match StaticToken::new(text.as_str()) {
        Ok(source) => {
            check_debug(&source);
            let handle = source.handle();
            assert_eq!(fetched(source), token);
            assert!(handle.replace(text.as_str()).is_ok());
        }
        Err(error) => {
            check_error(&error);
            assert_eq!(token, None);
        }
    }
    if let Some(token) = token {
        assert!(is_token(&token), "{token:?}");
        // A byte order mark may stand in front of the blanks, or behind them.
        let blank = |c: char| c.is_ascii_whitespace() || c == '\u{feff}';
        assert_eq!(text.trim_matches(blank), token);
        let again = Found::new("token", token.as_str(), Provenance::Variable("A".to_owned())).token();
        assert_eq!(again.expect("a token").expose(), token);
    }
}

fn fetched(source: impl TokenSource) -> Option<String> {
    let clock = FakeRuntime::new();
    let auth = Authenticator::builder(source).anywhere().runtime(clock.clone()).build().expect("an authenticator");
    let read: Result<_, Error> = clock.block_on_within(Duration::from_secs(600), auth.token(Duration::ZERO));
    match read {
        Ok(credential) => {
            check_credential(&credential);
            Some(credential.secret().expect("a token").expose().to_owned())
        }
        Err(error) => {
            check_error(&error);
            None
        }
    }
}
