//! What a program makes of events and a status, as labels of its metrics: each field that is there, as text.

use std::fmt::{Debug, Write as _};

use auth_core::{Event, Status};

/// In Prometheus' format.
pub(super) fn page(events: &[Event], status: &Status) -> String {
    let mut page = String::new();
    let mut line = |name: &str, labels: &[(&str, &dyn Debug)]| {
        let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}=\"{value:?}\"")).collect();
        writeln!(page, "auth_{name}_total{{{}}} 1", labels.join(",")).unwrap();
    };
    for event in events {
        match event {
            Event::Acquired { generation, fingerprint, remaining, .. } => {
                let labels: [(_, &dyn Debug); 3] =
                    [("generation", generation), ("token", fingerprint), ("remaining", remaining)];
                line("acquired", &labels);
            }
            Event::RefreshStarted { reason, .. } => line("started", &[("reason", &reason.to_string())]),
            Event::RefreshFailed { error, remaining, serving, .. } => {
                let labels: [(_, &dyn Debug); 10] = [
                    ("kind", &error.kind().to_string()),
                    ("source", &error.source_id()),
                    ("host", &error.host()),
                    ("status", &error.status()),
                    ("code", &error.code()),
                    ("description", &error.description()),
                    ("request_id", &error.request_id()),
                    ("message", &error.to_string()),
                    ("remaining", remaining),
                    ("serving", serving),
                ];
                line("failed", &labels);
            }
            Event::Rejected { generation, .. } => line("rejected", &[("generation", generation)]),
            Event::ServedStale { remaining, .. } => line("stale", &[("remaining", remaining)]),
            Event::NoProgress { generation, .. } => line("no_progress", &[("generation", generation)]),
            other => line("other", &[("event", other)]),
        }
    }
    let labels: [(_, &dyn Debug); 4] = [
        ("stage", &status.stage()),
        ("generation", &status.generation()),
        ("token", &status.fingerprint()),
        ("error", &status.last_error().map(ToString::to_string)),
    ];
    line("status", &labels);
    page
}
