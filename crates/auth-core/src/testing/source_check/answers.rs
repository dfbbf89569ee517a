//! What a server may answer, and the kind of error it comes to.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Request, Response};

use super::run::{Run, answer, token};
use super::server::{Answering, Reply};
use super::stage::Call;
use crate::ErrorKind::{self, Malformed, Misconfigured, Rejected, Timeout, Transient};
use crate::{Error, runtime::Runtime};

/// The longest that a call may ask for.
const LONGEST: Duration = Duration::from_secs(300);
/// More than any answer with a token in it.
const TOO_LONG: usize = 16 * 1024 * 1024;
const SEVEN: Duration = Duration::from_secs(7);

struct Case {
    promise: &'static str,
    reply: Answering,
    kinds: &'static [ErrorKind],
    pause: Option<Duration>,
    /// The longest answer that it may allow for.
    most: Option<usize>,
}

impl Case {
    /// The error says to come back after this.
    fn pause(self, pause: Duration) -> Self {
        Self { pause: Some(pause), ..self }
    }

    fn most(self, bytes: usize) -> Self {
        Self { most: Some(bytes), ..self }
    }
}

pub(super) fn check(run: &mut Run<'_>) {
    for case in cases(run) {
        let Case { promise, reply, kinds, pause, most } = case;
        let mut requests = 0;
        let result = run.scene(&format!("`{promise}`"), |scene| {
            scene.server.answers(move |request| reply(request));
            let begin = scene.stage.clock.now().monotonic();
            let result = scene.token();
            requests = scene.server.requests();
            let error = match (scene.stage.last_call(), result) {
                (_, Ok(_)) => return Err("it brought a token".to_owned()),
                (Some(Call::Failed(error)), _) => error,
                (_, Err(error)) if error.kind() == Timeout => error,
                (_, Err(_)) => return Err("it panicked".to_owned()),
            };
            let time = scene.stage.clock.now().monotonic().saturating_sub(begin);
            if time > LONGEST {
                return Err(format!("it took {} s", time.as_secs()));
            }
            if scene.server.open() > 0 {
                return Err("a request goes on after the call".to_owned());
            }
            if let (Some(most), taken) = (most, scene.server.limit())
                && taken > most
            {
                return Err(format!("it takes {taken} bytes"));
            }
            if !kinds.contains(&error.kind()) {
                let expected = kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
                return Err(format!("it is {}, and not {expected}", error.kind()));
            }
            match (pause, error.retry_after()) {
                (Some(pause), said) if said != Some(pause) => {
                    Err(format!("the pause is {said:?}, and not {pause:?}: `with_retry_after` on the error"))
                }
                _ => Ok(()),
            }
        });
        run.count(&format!("`{promise}`"), requests);
        run.note(promise, result);
    }
}

fn cases(run: &Run<'_>) -> Vec<Case> {
    let (status, refusal) = run.check.refusal.clone();
    let refused = Arc::clone(&refusal);
    vec![
        case("503 is transient", &[Transient], |request| page(503, request)),
        case("503 with Retry-After: 7 is transient, with that pause", &[Transient], |request| {
            with(page(503, request), RETRY_AFTER, "7")
        })
        .pause(SEVEN),
        case("429 with Retry-After: 7 is transient, with that pause", &[Transient], |request| {
            with(page(429, request), RETRY_AFTER, "7")
        })
        .pause(SEVEN),
        // The server's clock is another one than ours: the pause is the difference of its two dates.
        case("429 with a date in Retry-After is transient, with that pause", &[Transient], |request| {
            let limited = with(page(429, request), DATE, "Sun, 22 Nov 2026 00:00:00 GMT");
            with(limited, RETRY_AFTER, "Sun, 22 Nov 2026 00:00:07 GMT")
        })
        .pause(SEVEN),
        case("a refusal is rejected", &[Rejected], move |_| answer(status, refused("no"))),
        case("a refusal that repeats the request is rejected", &[Rejected], move |request| {
            answer(status, refusal(&repeated(request)))
        }),
        case("404 of something between is no refusal", &[Transient, Malformed, Misconfigured], |request| {
            page(404, request)
        }),
        case("a redirect is not followed", &[Malformed, Misconfigured, Transient], |request| {
            with(page(302, request), LOCATION, "https://elsewhere.example/token")
        }),
        case("a page in place of an answer is malformed", &[Malformed], |request| page(200, request)),
        case("no body is malformed", &[Malformed], |_| answer(200, "")),
        case("an answer that breaks off is malformed", &[Malformed], |request| {
            answer(200, format!(r#"{{"access_token":"{}","said":"{}"#, token(1), repeated(request)))
        }),
        case("an answer without end is malformed", &[Malformed], |_| too_long()).most(TOO_LONG),
        case("no connection is transient", &[Transient], |_| unreachable()),
        case("no answer ends at the deadline", &[Timeout, Transient], |_| Reply::Never),
    ]
}

fn case<R: Into<Reply>>(
    promise: &'static str,
    kinds: &'static [ErrorKind],
    reply: impl Fn(&Request<Bytes>) -> R + Send + Sync + 'static,
) -> Case {
    Case { promise, kinds, pause: None, most: None, reply: Arc::new(move |request| reply(request).into()) }
}

/// What a transport says where nothing listens.
fn unreachable() -> Error {
    Error::transient("the server could not be reached: connection refused").never_sent()
}

/// And where it has read as much as the source takes.
fn too_long() -> Error {
    Error::new(Malformed, "the answer is longer than the source takes")
}

/// A page for people that shows what was sent, as debugging pages do.
fn page(status: u16, request: &Request<Bytes>) -> Response<Bytes> {
    let said = repeated(request);
    let id: String = said.chars().filter(char::is_ascii_graphic).take(100).collect();
    let mut page = answer(status, format!("<html><body>{status}: {said}</body></html>"));
    page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    with(page, HeaderName::from_static("x-request-id"), &id)
}

fn with(mut response: Response<Bytes>, name: HeaderName, value: &str) -> Response<Bytes> {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// What was sent, the body first; without what would end a string in JSON.
fn repeated(request: &Request<Bytes>) -> String {
    let mut said = String::from_utf8_lossy(request.body()).into_owned();
    for (name, value) in request.headers() {
        said += &format!(" {name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    said += &format!(" {}", request.uri());
    said.replace(|c: char| c.is_control() || matches!(c, '"' | '\\'), " ")
}
