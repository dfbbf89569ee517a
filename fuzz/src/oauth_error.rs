//! The answer of a token endpoint whose status says failure: never a token, never a pause of more than an hour, and never what was
//! sent.

use std::time::Duration;

use crate::canary::{check_issuers_error, filled};
use crate::token_response::{exchanged, response};

const STATUSES: [u16; 16] = [400, 401, 403, 404, 408, 409, 418, 422, 425, 429, 500, 502, 503, 504, 302, 307];

/// The first byte is the status; then, a line each, `x-request-id` and `retry-after`; the rest is the body.
pub fn check(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let status = STATUSES[usize::from(*first) % STATUSES.len()];
    let rest = filled(rest);
    let mut parts = rest.splitn(3, |byte| *byte == b'\n');
    let [id, pause, body] = [(); 3].map(|()| parts.next().unwrap_or_default());
    let answer = response(status, body, &[("x-request-id", id), ("retry-after", pause)]);
    let (_, result) = exchanged(answer.clone(), false);
    let error = result.expect_err("no token");
    check_issuers_error(&error);
    assert_eq!(error.status(), Some(status));
    assert!(error.retry_after().is_none_or(|pause| pause <= Duration::from_secs(3600)), "{error:?}");
    assert!(error.code().is_none_or(|code| code.len() <= 64), "{error}");
    assert!(error.description().is_none_or(|text| text.len() <= 200), "{error}");
    assert_eq!(exchanged(answer, false).1.expect_err("no token").to_string(), error.to_string());
}
