//! `WWW-Authenticate`, a line each: only a Bearer challenge with an error can say that a new token would not help.

use auth_core::Authenticator;
use auth_core::adapter::{Judgement, Sent};
use auth_core::runtime::FakeRuntime;
use auth_core::sources::StaticToken;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, StatusCode};

pub fn check(data: &[u8]) {
    let values: Vec<_> = data.split(|byte| *byte == b'\n').take(8).map(HeaderValue::from_bytes).collect();
    let Ok(values) = values.into_iter().collect::<Result<Vec<_>, _>>() else { return };
    let rejected = rejects(values.iter());
    assert_eq!(rejected, rejects(values.iter()));
    assert_eq!(rejected, rejects(values.iter().rev()), "whichever comes first");

    let has = |word: &[u8]| values.iter().any(|value| contains(value.as_bytes(), word));
    assert!(rejected || has(b"bearer") && has(b"error"), "nobody gave another reason");
    let two = [HeaderValue::from_static("Basic realm=\"x\""), HeaderValue::from_static("Negotiate")];
    assert_eq!(rejected, rejects(values.iter().chain(&two)), "what is no Bearer challenge says nothing");
    let scope = HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
    assert!(!rejects(values.iter().chain([&scope])), "a reason counts, whatever stands beside it");
}

fn rejects<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> bool {
    thread_local! {
        static AUTH: Authenticator = {
            let source = StaticToken::new("token").expect("a token");
            let builder = Authenticator::builder(source).anywhere().runtime(FakeRuntime::new());
            builder.build().expect("an authenticator")
        };
    }
    let headers: HeaderMap = values.map(|value| (WWW_AUTHENTICATE, value.clone())).collect();
    let sent = Sent::With { generation: 1 };
    AUTH.with(|auth| auth.judge(sent, StatusCode::UNAUTHORIZED, &headers, None)) != Judgement::Fine
}

fn contains(value: &[u8], word: &[u8]) -> bool {
    value.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}
