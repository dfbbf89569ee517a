//! Where a recording is played: an access, with the answers that the recorded client was given.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::{Duration, UNIX_EPOCH};

use auth_core::runtime::FakeRuntime;
use auth_core::{Access, Error, testing::ScriptedTransport};
use auth_reqwest::{ApiClient, ApiError, ApiErrorKind, Retries, api_client};
use serde_json::{Value, json};

use super::message::{Message, differences};
use super::recording::{Recording, token_of};
use crate::reqwest::api_stage::{Answer, Server};

pub(super) struct Stage {
    pub(super) tokens: ScriptedTransport,
    api: Server,
    pub(super) clock: FakeRuntime,
    pub(super) client: ApiClient,
}

impl Stage {
    pub(super) fn new(access: &Access) -> Self {
        let (tokens, api, clock) = (ScriptedTransport::new(), Server::default(), FakeRuntime::new());
        let builder = ApiClient::builder(access).retries(Retries::none());
        let builder = builder.transport(tokens.clone()).runtime(clock.clone()).with_inside(api.clone());
        let client = builder.client(api_client().no_proxy().build().unwrap()).build().unwrap();
        Self { tokens, api, clock, client }
    }

    /// Requests for tokens bring what the request after them carried.
    pub(super) fn with_tokens(self, recording: &Recording, is_for_a_token: fn(&str) -> bool) -> Self {
        let requests = recording.requests();
        for (at, request) in requests.iter().enumerate() {
            if is_for_a_token(request["path"].as_str().unwrap()) {
                let token = requests.get(at + 1).and_then(|next| token_of(next)).unwrap_or("t");
                self.tokens.answer(200, granted(token));
            }
        }
        self
    }

    /// With a clock that stands where it stood for the recorded client.
    pub(super) fn at(self, seconds: i64) -> Self {
        let now = self.clock.wall().duration_since(UNIX_EPOCH).unwrap().as_secs();
        self.clock.step_wall(seconds - i64::try_from(now).unwrap());
        self
    }

    /// The API's next answer.
    pub(super) fn then(&self, answer: Answer) {
        self.api.then(answer);
    }

    pub(super) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.clock.block_on_within(Duration::from_secs(600), future)
    }

    /// What was sent: first for tokens, then to the API.
    pub(super) fn sent(&self) -> Vec<Message> {
        let asked = self.tokens.requests();
        asked.iter().map(Message::asked).chain(self.api.got().iter().map(Message::got)).collect()
    }

    /// What differs from the recording.
    pub(super) fn differences(&self, recording: &Recording) -> BTreeSet<String> {
        differences(&self.sent(), &recording.messages())
    }
}

/// A token under the names of all systems.
pub(super) fn granted(token: &str) -> String {
    json!({ "access_token": token, "accessToken": token, "tokenType": "Bearer", "expires_in": 3600 }).to_string()
}

pub(super) fn same() -> BTreeSet<String> {
    BTreeSet::new()
}

pub(super) fn differs(label: &str) -> BTreeSet<String> {
    BTreeSet::from([label.to_owned()])
}

/// What is refused before anything is sent, for a cause that the recorded client names, in words of our own.
pub(super) fn refused(recording: &Recording, access: Result<Access, Error>) -> BTreeSet<String> {
    assert!(recording.requests().is_empty(), "{}", recording.case);
    let Err(error) = access else { return differs("accepted") };
    let folded = |text: &str| text.replace('_', "").to_lowercase();
    let ours = folded(&error.to_string());
    let theirs = ["/result/str", "/result/message"].into_iter().find_map(|pointer| recording.text(pointer)).unwrap();
    for word in theirs.split(|c: char| !c.is_alphanumeric() && c != '_') {
        let is_a_name =
            word.contains('_') || theirs.contains(&format!("`{word}`")) || theirs.contains(&format!("'{word}'"));
        assert!(!is_a_name || ours.contains(&folded(word)), "{}: {error} doesn't name `{word}`", recording.case);
    }
    same()
}

/// Whether an error is of the kind that users know by this status, with what the server said, but for the token in it: some
/// recordings have one of a single letter.
pub(super) fn check_error(recording: &Recording, error: &ApiError, status: u16, message: &str) {
    let token = recording.carried_token().unwrap();
    let kind = match status {
        401 => ApiErrorKind::Authentication,
        403 => ApiErrorKind::PermissionDenied,
        404 => ApiErrorKind::NotFound,
        400 | 422 => ApiErrorKind::Validation,
        429 => ApiErrorKind::RateLimit,
        500.. => ApiErrorKind::Server,
        _ => panic!("{}: {status} is no error", recording.case),
    };
    let message = message.replace(&token, "…");
    assert_eq!((error.kind(), error.message()), (kind, Some(&*message)), "{}", recording.case);
}

/// The argument that a recorded call got first, and so on: its quoted texts.
pub(super) fn quoted(call: &Value) -> Vec<String> {
    call.as_str().unwrap_or_default().split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}
