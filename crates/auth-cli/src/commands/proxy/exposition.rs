//! The numbers as Prometheus reads them (text format 0.0.4).

use std::fmt::{Display, Write};
use std::sync::atomic::Ordering::Relaxed;

use auth_core::{Stage, Status};

use super::numbers::{BOUNDS, METHODS, Numbers};

pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The whole page.
pub(super) fn page(numbers: &Numbers, token: &Status) -> String {
    let mut page = Page(String::new());
    page.family("authctl_build_info", "gauge", "Which authctl this is.");
    page.sample("authctl_build_info", &format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1);
    requests(&mut page, numbers);
    durations(&mut page, numbers);
    page.single(
        "authctl_proxy_requests_in_flight",
        "gauge",
        "Requests whose answer has not passed yet.",
        numbers.in_flight.load(Relaxed),
    );
    page.single("authctl_proxy_connections", "gauge", "Connections of callers.", numbers.connections.load(Relaxed));
    page.single("authctl_proxy_tunnels", "gauge", "Upgraded connections (WebSockets).", numbers.tunnels.load(Relaxed));
    page.single(
        "authctl_proxy_request_bytes_total",
        "counter",
        "Bytes of bodies to the upstream.",
        numbers.uploaded.load(Relaxed),
    );
    page.single(
        "authctl_proxy_response_bytes_total",
        "counter",
        "Bytes of bodies from the upstream.",
        numbers.downloaded.load(Relaxed),
    );
    page.single(
        "authctl_proxy_responses_cut_total",
        "counter",
        "Answers that the upstream did not finish.",
        numbers.cut.load(Relaxed),
    );
    page.single(
        "authctl_proxy_requests_abandoned_total",
        "counter",
        "Requests whose caller left before the answer.",
        numbers.abandoned.load(Relaxed),
    );
    of_token(&mut page, numbers, token);
    page.0
}

fn requests(page: &mut Page, numbers: &Numbers) {
    const NAME: &str = "authctl_proxy_requests_total";
    page.family(NAME, "counter", "Requests by method and class of the status that the caller got.");
    for (method, classes) in METHODS.iter().zip(&numbers.requests) {
        for (class, count) in classes.iter().enumerate() {
            let (class, count) = (class + 1, count.load(Relaxed));
            if count > 0 {
                page.sample(NAME, &format!("{{method=\"{method}\",code=\"{class}xx\"}}"), count);
            }
        }
    }
    const REFUSED: &str = "authctl_proxy_refusals_total";
    page.family(REFUSED, "counter", "Requests that the proxy answered itself, by its error.");
    for (code, count) in numbers.refusals() {
        page.sample(REFUSED, &format!("{{error=\"{code}\"}}"), count);
    }
}

fn durations(page: &mut Page, numbers: &Numbers) {
    const NAME: &str = "authctl_proxy_upstream_duration_seconds";
    page.family(NAME, "histogram", "Time to the head of the upstream's answer, a wait for the token included.");
    let mut count = 0;
    for (place, bucket) in numbers.durations.iter().enumerate() {
        count += bucket.load(Relaxed);
        let bound = BOUNDS.get(place).map_or_else(|| "+Inf".to_owned(), f64::to_string);
        page.sample(&format!("{NAME}_bucket"), &format!("{{le=\"{bound}\"}}"), count);
    }
    #[allow(clippy::cast_precision_loss, reason = "a sum of seconds; 285 years of microseconds are exact")]
    let seconds = numbers.micros.load(Relaxed) as f64 / 1e6;
    page.sample(&format!("{NAME}_sum"), "", seconds);
    page.sample(&format!("{NAME}_count"), "", count);
}

fn of_token(page: &mut Page, numbers: &Numbers, token: &Status) {
    page.single(
        "authctl_token_valid",
        "gauge",
        "Whether there is a token that may be used.",
        u8::from(is_valid(token)),
    );
    if let Some(remaining) = token.remaining() {
        page.single(
            "authctl_token_remaining_seconds",
            "gauge",
            "Life that the token has left.",
            remaining.as_secs_f64(),
        );
    }
    page.single(
        "authctl_token_generation",
        "gauge",
        "The token's number: 1 for the first.",
        token.generation().unwrap_or(0),
    );
    page.single("authctl_token_acquired_total", "counter", "Tokens acquired.", numbers.acquired.load(Relaxed));
    page.single(
        "authctl_token_failures_total",
        "counter",
        "Acquisitions that brought no token.",
        numbers.failed.load(Relaxed),
    );
    page.single(
        "authctl_token_rejections_total",
        "counter",
        "Tokens that the upstream answered 401.",
        numbers.rejected.load(Relaxed),
    );
}

/// Whether there is a token that may be used, or none is needed.
pub(super) fn is_valid(token: &Status) -> bool {
    matches!(token.stage(), Stage::Fresh | Stage::Soft | Stage::Hard)
}

struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string can't fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        // As above.
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, "", value);
    }
}
