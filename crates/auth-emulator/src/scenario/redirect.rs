//! It is elsewhere.

use http::{HeaderValue, StatusCode, header};

use super::Scenario;
use crate::{Answer, Fault, Origin};

const STATUSES: [StatusCode; 6] = [
    StatusCode::MOVED_PERMANENTLY,
    StatusCode::FOUND,
    StatusCode::SEE_OTHER,
    StatusCode::TEMPORARY_REDIRECT,
    StatusCode::PERMANENT_REDIRECT,
    StatusCode::MULTIPLE_CHOICES,
];

pub(super) fn all() -> Vec<Scenario> {
    let token = STATUSES.into_iter().flat_map(|status| of(status, "the token endpoint", Scenario::token));
    let api = STATUSES.into_iter().flat_map(|status| of(status, "the API", Scenario::api));
    token.chain(api).collect()
}

fn of(status: StatusCode, who: &str, make: fn(String, String, Fault) -> Scenario) -> [Scenario; 5] {
    let number = status.as_u16();
    let one = |place: &str, words: &str, fault| {
        make(format!("{number}-{place}"), format!("{who} answers {number}: {words}"), fault)
    };
    let to = |to| Answer::new(status).with_header(header::LOCATION, HeaderValue::from_static(to)).into();
    [
        one("itself", "it is where it was asked for, for ever", Fault::Redirect { status, to: Origin::Main }),
        one("another-origin", "it is on another port", Fault::Redirect { status, to: Origin::Other }),
        // Nobody is there: .invalid never resolves (RFC 2606), and no client should find that out.
        one("another-host", "it is on another host, in plain HTTP", to("http://elsewhere.invalid/")),
        one("no-location", "it does not say where it is", Answer::new(status).into()),
        one("bad-location", "it is nowhere", to("http://[:/")),
    ]
}
