//! The `log` crate's records: what other libraries write, and what a program's bridge makes of tracing's spans and events.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

static RECORDS: Mutex<String> = Mutex::new(String::new());

/// A program's logger.
struct Keeping;

impl log::Log for Keeping {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(records, "{} {} {}", record.level(), record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

/// From now on, in the whole process.
pub(super) fn keep() {
    // The second time it is there.
    let _ = log::set_logger(&Keeping);
    log::set_max_level(log::LevelFilter::Trace);
}

pub(super) fn take() -> String {
    std::mem::take(&mut RECORDS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Makes a record of each span and event, as tracing does with its feature `log`: the message, then all fields. That feature
/// would be on in every crate that is tested beside this one, and off in what users get.
pub(super) struct Bridge;

#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let written = if field.name() == "message" {
            write!(self.0, "{value:?} ")
        } else {
            write!(self.0, "{}={value:?} ", field.name())
        };
        written.unwrap();
    }
}

fn write(metadata: &Metadata<'_>, visit: impl FnOnce(&mut Fields)) {
    let level = match *metadata.level() {
        tracing::Level::ERROR => log::Level::Error,
        tracing::Level::WARN => log::Level::Warn,
        tracing::Level::INFO => log::Level::Info,
        tracing::Level::DEBUG => log::Level::Debug,
        _ => log::Level::Trace,
    };
    if level <= log::max_level() {
        let mut fields = Fields::default();
        visit(&mut fields);
        log::log!(target: metadata.target(), level, "{} {}", metadata.name(), fields.0);
    }
}

impl<S: Subscriber> Layer<S> for Bridge {
    fn on_new_span(&self, span: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        write(span.metadata(), |fields| span.record(fields));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        write(event.metadata(), |fields| event.record(fields));
    }
}
