//! Ten leaks, each of a secret of its own in a disguise of its own, put where its place is read.

use std::path::Path;

use auth_emulator::{Answer, Emulator, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use http::Request;
use tokio::process::Command;

use super::elsewhere::{self, Places};
use crate::hunt::percent;
use crate::proxy::{Proxy, send};
use crate::rig::{Ended, User};

pub(super) struct Plant {
    pub(super) name: &'static str,
    pub(super) secret: &'static str,
    pub(super) place: &'static str,
    /// What is said of it.
    pub(super) disguise: &'static str,
}

const fn plant(name: &'static str, secret: &'static str, place: &'static str, disguise: &'static str) -> Plant {
    Plant { name, secret, place, disguise }
}

const SAID: &str = "pP5t/Zr8/Xc2/Vn7/Lk4/Jh9/Gf1/Ds6";
const SHOWN: &str = "uY3wQe7RtB5nM8kLz1XcV6hJ4gFd9SaP";
const WRITTEN: &str = "oI8uZx2CvT6bN4mKq9WsE1dRf7GyH3jL";
const KEPT: &str = "aS5dFh9JkW3qE7rTz1XcB6vNm4GyU8iO";
const GIVEN: &str = "mN7b+Vc3/Zl9+Kj5/Hg1+Fd8/Sa2+Po6";
const PASSED: &str = "qW9eRu4TyM2nB6vCx8ZlK1jHg5FdS7aP";
const ARGUMENT: &str = "xC4vBp8NmQ1wE5rTy7UiL3kJh9GfD2sA";
const LABEL: &str = "tG6yHk2UjV8bN3mLp5OiR9eWq1ZsX7cD";
const ANSWER: &str = "e\"4dRg7\"fTy2hU\"9jIk5l\"OpQ1aZ\"3sXw";
const COOKIE: &str = "vF1cDx5SzW8qA3eRb6TgY9hNu2JmK7iL";

pub(super) const ALL: [Plant; 10] = [
    plant("a line on stderr", SAID, elsewhere::STDERR, ", escaped"),
    plant("a line on stdout", SHOWN, elsewhere::STDOUT, ", in UTF-16"),
    plant("a file", WRITTEN, elsewhere::FILES, " in hex"),
    plant("a file beside the tokens", KEPT, elsewhere::KEPT, ", with gaps"),
    plant("a program's variable", GIVEN, elsewhere::PROGRAM, ", percent-encoded"),
    plant("a helper's variable", PASSED, elsewhere::HELPER, ", as numbers"),
    plant("an argument", ARGUMENT, elsewhere::ARGUMENTS, " in base64"),
    plant("a label", LABEL, elsewhere::METRICS, " in base64"),
    plant("a message", ANSWER, elsewhere::ANSWERS, ", escaped"),
    plant("a cookie", COOKIE, elsewhere::ELSEWHERE, ""),
];

/// Those that a program finds in its environment. The helper is passed its own alone.
pub(super) fn in_variables(command: &mut Command) {
    let program = command.as_std().get_args().any(|word| word == "exec");
    let (name, value) = if program {
        ("UNASKED", percent(GIVEN.as_bytes(), |byte| !byte.is_ascii_alphanumeric()))
    } else {
        ("PASSED", format!("{:?}", PASSED.as_bytes()))
    };
    command.env(name, value);
}

/// Those of a program that says, writes and passes on what it should not.
pub(super) async fn written(given: &Path, user: &User, places: &mut Places) {
    let utf16: Vec<u8> = SHOWN.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let wrapped: Vec<_> = KEPT.as_bytes().chunks(6).map(|line| String::from_utf8_lossy(line)).collect();
    let hex: String = WRITTEN.bytes().map(|byte| format!("{byte:02X}")).collect();
    for (name, content) in [
        ("stderr", format!("{{\"error\":\"{}\"}}", SAID.replace('/', "\\u002F")).into_bytes()),
        ("stdout", utf16),
        ("file", hex.into_bytes()),
        ("kept", wrapped.join("\n").into_bytes()),
        ("argument", STANDARD.encode(ARGUMENT).into_bytes()),
    ] {
        std::fs::write(given.join(name), content).unwrap();
    }
    let script = r#"cd "$1"; cat stderr >&2; cat stdout; cat file >"$HOME/.cache/file"
        umask 077; cat kept >"$HOME/.cache/authctl/tokens/kept.json"; sh tell.sh "$1" argument "$(cat argument)""#;
    std::fs::write(given.join("leak.sh"), script).unwrap();
    let (script, folder) = (given.join("leak.sh"), given.to_str().unwrap());
    let command = user.authctl(["exec", "--", "sh", script.to_str().unwrap(), folder]).output().await.unwrap();
    let ended = Ended::of(command);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    places.add(elsewhere::STDERR, ended.stderr);
    places.add(elsewhere::STDOUT, ended.stdout);
    places.add(elsewhere::ARGUMENTS, std::fs::read(given.join("arguments")).unwrap());
}

/// Those in answers that pass the proxy, read like its own; and a request to the other origin.
pub(super) async fn in_answers(emulator: &Emulator, proxy: &Proxy, places: &mut Places) {
    let label = format!("authctl_requests_total{{token=\"{}\"}} 1", URL_SAFE.encode(LABEL));
    let message = serde_json::json!({ "error": "upstream_failed", "message": ANSWER });
    for (place, status, body) in [
        (elsewhere::METRICS, StatusCode::OK, label),
        (elsewhere::ANSWERS, StatusCode::BAD_GATEWAY, message.to_string()),
    ] {
        emulator.api_faults().once(Answer::new(status).with_body("text/plain", body));
        let answer = proxy.get("/metrics").await;
        assert_eq!(answer.status, status, "{answer:?}");
        places.add(place, answer.body.to_vec());
    }
    send(Request::get(emulator.other_origin()).header("cookie", format!("session={COOKIE}"))).await;
}
