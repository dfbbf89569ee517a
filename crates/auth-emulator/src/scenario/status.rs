//! A status that is no success, and when to come back.

use http::{HeaderValue, StatusCode};

use super::Scenario;
use crate::{Answer, Fault};

/// What proxies, gateways and overloaded servers answer, in HTML or not at all.
const STATUSES: [u16; 27] = [
    400, 401, 403, 404, 405, 406, 407, 408, 409, 410, 413, 415, 421, 422, 425, 429, 431, 451, 500, 501, 502, 503, 504,
    507, 511, 520, 599,
];

/// Behind which there is no token either.
const EMPTY: [u16; 4] = [201, 204, 205, 206];

/// When to come back (RFC 9110, section 10.2.3), right and wrong.
const RETRY_AFTER: [(&str, &str, &str); 8] = [
    ("seconds", "2", "in two seconds"),
    ("date", "Sun, 22 Nov 2026 00:00:02 GMT", "at the second second of 22 November 2026"),
    ("past", "Sun, 06 Nov 1994 08:49:37 GMT", "in 1994"),
    ("zero", "0", "at once"),
    ("negative", "-1", "a second ago, which cannot be said"),
    ("garbage", "soon", "soon, which cannot be said"),
    ("a-day", "86400", "tomorrow"),
    ("enormous", "99999999999999999999999", "after the end of the world"),
];

pub(super) fn all() -> Vec<Scenario> {
    let mut all = Vec::new();
    for status in STATUSES {
        let description = format!("the token endpoint answers {status} and a page of HTML");
        all.push(Scenario::token(status, description, page(status)));
    }
    for status in EMPTY {
        let description = format!("the token endpoint answers {status} and nothing");
        all.push(Scenario::token(status, description, answer(status)));
    }
    for status in [429, 503] {
        for (name, value, when) in RETRY_AFTER {
            let description = format!("the token endpoint answers {status}, to come back {when}");
            let busy = answer(status).with_retry_after(HeaderValue::from_static(value));
            all.push(Scenario::token(format!("{status}-retry-after-{name}"), description, busy));
        }
    }
    for status in [403, 404, 407, 408, 421, 425, 429, 500, 502, 503, 504] {
        let description = format!("the API answers {status}, whatever the token");
        all.push(Scenario::api(status, description, page(status)));
    }
    all
}

fn answer(status: u16) -> Answer {
    Answer::new(StatusCode::from_u16(status).expect("the numbers of this file are statuses"))
}

fn page(status: u16) -> Fault {
    let body = format!("<!doctype html><title>{status}</title><h1>{status}</h1>\n");
    answer(status).with_body("text/html", body).into()
}
