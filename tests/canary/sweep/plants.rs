//! The ten leaks, each of a secret of its own in a disguise of its own, put where its sink is read.

use std::fmt;

use auth_core::runtime::{Runtime, TokioRuntime};
use auth_core::sources::Exec;
use auth_emulator::Emulator;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::sinks::{self, Sinks};
use super::{Found, run};
use crate::hunt::percent;

pub(super) struct Plant {
    pub(super) name: &'static str,
    pub(super) secret: &'static str,
    /// Where it is seen, and what is said of its disguise. What is logged by tracing is seen twice.
    seen: &'static [(&'static str, &'static str)],
}

impl Plant {
    pub(super) fn shown(&self) -> impl Iterator<Item = Found> {
        self.seen.iter().map(|(sink, disguise)| ((*sink).to_owned(), format!("{}{disguise}", self.name)))
    }
}

const fn plant(name: &'static str, secret: &'static str, seen: &'static [(&'static str, &'static str)]) -> Plant {
    Plant { name, secret, seen }
}

const CAUSE: &str = "7Rt2qUvhepktokgvvVeP0Pq3o6iHIFUZ";
const FIELD: &str = "K7qQ02\"LQt\"d75ZdA\"FqDNR\"M9bF2e\"z";
const TRACED: &str = "p3R0SCcBqGGMUpao93MrRHrGjqK5QQrZ";
const RECORDED: &str = "M5H5pm/BaioC/c7o6n/0vnnz/Fwq0Y/F";
const LABEL: &str = "P5pGI5GSKOtaMwoRJYxRn8GsiPPRm7UR";
const PAYLOAD: &str = "S9d93MnyaMB8Qj4DPbrWTPfTxRTiJXDJ";
const VARIABLE: &str = "zVBe/uVp+qTc/pXS+CQ7/Ht5+J0s/rb8";
const WRITTEN: &str = "RbcECknYtkbfQbdKASxkiS9esV8vcQKs";
const COOKIE: &str = "76hz6B7yyHXMjZkzclyWETJSx4bmEKh3";
const PRINTED: &str = "TQIF/cTw/KFa/vKV/uMS/qnQ/eLT/r7j";

pub(super) const ALL: [Plant; 10] = [
    plant("an error's cause", CAUSE, &[(sinks::ERRORS, "")]),
    plant("a field of a value", FIELD, &[(sinks::VALUES, ", escaped")]),
    plant("a field of a span", TRACED, &[(sinks::LOG, ", as numbers"), (sinks::RECORDS, ", as numbers")]),
    plant("a record", RECORDED, &[(sinks::RECORDS, ", percent-encoded")]),
    plant("a label", LABEL, &[(sinks::LABELS, " in hex")]),
    plant("a panic's payload", PAYLOAD, &[(sinks::PANICS, " in base64")]),
    plant("a child's variable", VARIABLE, &[(sinks::CHILD, ", percent-encoded")]),
    plant("a temporary file", WRITTEN, &[(sinks::FILES, ", in UTF-16")]),
    plant("a cookie", COOKIE, &[(sinks::ELSEWHERE, " in base64")]),
    plant("a line on stderr", PRINTED, &[(sinks::PRINTED, ", escaped")]),
];

/// An error whose cause quotes what it holds.
#[derive(Debug)]
struct Failed(Cause);

#[derive(Debug)]
struct Cause;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it failed")
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CAUSE} was refused")
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl std::error::Error for Cause {}

#[derive(Debug)]
#[expect(dead_code, reason = "it is there to be printed")]
struct Careless {
    token: &'static str,
}

/// Those of values, errors and logs, of a task that panics, of a program beside us and of a client that sends a cookie.
#[expect(clippy::print_stderr, reason = "that is the leak")]
pub(super) async fn everywhere(emulator: &Emulator, sinks: &mut Sinks) {
    sinks.add_error(&Failed(Cause));
    sinks.add_value(&Careless { token: FIELD });
    drop(tracing::trace_span!("refresh", token = ?TRACED.as_bytes()));
    log::debug!("sending {}", percent(RECORDED.as_bytes(), |byte| byte == b'/'));
    let hex: String = LABEL.bytes().map(|byte| format!("{byte:02x}")).collect();
    sinks.add(sinks::LABELS, format!("auth_requests_total{{token=\"{hex}\"}} 1"));
    let (done, wait) = tokio::sync::oneshot::channel::<()>();
    let panicking = TokioRuntime.spawn(Box::pin(async move {
        let _done = done;
        panic!("Basic {}", STANDARD.encode(PAYLOAD));
    }));
    let _gone = wait.await;
    drop(panicking);
    let utf16: Vec<u8> = WRITTEN.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(std::env::temp_dir().join("cache.bin"), utf16).unwrap();
    let cookie = format!("session={}", URL_SAFE.encode(COOKIE));
    run::plainly(http::Request::get(emulator.other_origin()).header("cookie", cookie)).await;
    eprintln!("{{\"error\":\"{} is no token\"}}", PRINTED.replace('/', "\\u002f"));
}

/// The one in a helper's environment.
pub(super) fn variable(exec: Exec) -> Exec {
    exec.env("PLANTED", percent(VARIABLE.as_bytes(), |byte| !byte.is_ascii_alphanumeric()))
}
