//! `authctl sources`: where credentials may stand, and which is used.

use std::process::ExitCode;

use auth_core::settings::{Explanation, Profiles};
use auth_core::{Access, Error, ErrorKind, systems};
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::Listed;
use crate::selection::{self, Candidate};
use crate::{table, terminal};

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// A table, or an object
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t)]
    output: Listed,
    /// Say where each setting came from, too, as -v does
    #[arg(long)]
    explain: bool,
}

/// A place where a credential may stand, and what is there.
struct Row {
    /// When it is asked, from 1; none for what has to be named.
    order: Option<usize>,
    name: String,
    state: &'static str,
    reason: Option<String>,
    access: Option<Access>,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<ExitCode, Failure> {
    let pin = pin(context)?;
    let rows = rows(context, pin)?;
    let config = match &context.global.config {
        Some(path) => Ok(path.clone()),
        None => Profiles::config_path(&context.env),
    };
    let explain = args.explain || context.global.verbose > 0;
    match args.output {
        Listed::Json => {
            let sources: Vec<Value> = rows.iter().map(|row| row.json(explain)).collect();
            let config = config.map(|path| json!({ "path": path.display().to_string(), "found": path.exists() }));
            let all = json!({ "config": config.ok(), "pinned_by": pin, "sources": sources });
            terminal::data_line(format!("{all:#}"))?;
        }
        Listed::Table => {
            let header = ["ORDER", "SOURCE", "STATE", "PROVENANCE", "REASON"];
            terminal::data_line(table::render(header, rows.iter().map(Row::cells)))?;
            if explain {
                rows.iter().try_for_each(|row| terminal::data(row.explanation()))?;
            }
            match config {
                Ok(path) if path.exists() => terminal::say(format_args!("config: {}", path.display())),
                Ok(path) => terminal::say(format_args!("config: {} (not there)", path.display())),
                Err(error) => terminal::say(format_args!("config: {error}")),
            }
            if let Some(pin) = pin {
                terminal::say(format_args!("{pin} chooses: no other source is asked"));
            }
        }
    }
    Ok(Exit::Ok.code())
}

/// What leaves no choice, if anything does.
fn pin(context: &Context) -> Result<Option<&'static str>, Failure> {
    let global = &context.global;
    Ok(if global.system.is_some() {
        Some("--system")
    } else if global.profile.is_some() {
        Some("--profile")
    } else if context.env.chosen("AUTHCTL_PROFILE")?.is_some() {
        Some("AUTHCTL_PROFILE")
    } else if context.env.chosen(selection::CHOSEN)?.is_some() {
        Some(selection::CHOSEN)
    } else {
        None
    })
}

/// Those that are asked, in their order; then those that would have to be named.
fn rows(context: &Context, pin: Option<&str>) -> Result<Vec<Row>, Failure> {
    let asked = selection::candidates(context)?;
    let (asked_names, profiles) = (names(&asked), selection::profiles(context));
    let selected = match &context.global.profile {
        Some(name) => name.clone(),
        None => context.env.chosen("AUTHCTL_PROFILE")?.unwrap_or_else(|| "default".to_owned()),
    };
    let mut rows = Vec::new();
    let mut is_decided = false;
    for (at, candidate) in asked.into_iter().enumerate() {
        let Candidate { name, access } = candidate;
        let name = if name == "profile" { format!("profile {selected}") } else { name };
        let is_next = !is_decided;
        is_decided |= !matches!(&access, Err(error) if error.kind() == ErrorKind::Unavailable);
        let why = match (is_next, pin) {
            (true, Some(pin)) => format!("{pin} chooses it"),
            (true, None) => "the first that is configured".to_owned(),
            (false, _) => "one before it counts".to_owned(),
        };
        rows.push(Row::of(Some(at + 1), name, access, is_next).because(why));
    }
    for name in systems::NAMES.iter().filter(|name| !asked_names.iter().any(|asked| asked == *name)) {
        let other = selection::of_system(name, context);
        rows.push(Row::of(None, other.name, other.access, false).because(format!("only by --system {name}")));
    }
    match profiles {
        Ok(profiles) => {
            let is_asked = asked_names.iter().any(|name| name == "profile");
            for name in profiles.names().filter(|name| !(is_asked && *name == selected)) {
                let access = profiles.access(Some(name), &context.env);
                let row = Row::of(None, format!("profile {name}"), access, false);
                rows.push(row.because(format!("only by --profile {name}")));
            }
        }
        // Where a profile is asked, its row says it.
        Err(error) if error.kind() != ErrorKind::Unavailable && !asked_names.iter().any(|name| name == "profile") => {
            rows.push(Row::of(None, "profile".to_owned(), Err(error), false));
        }
        Err(_) => {}
    }
    Ok(rows)
}

fn names(candidates: &[Candidate]) -> Vec<String> {
    candidates.iter().map(|candidate| candidate.name.clone()).collect()
}

impl Row {
    fn of(order: Option<usize>, name: String, access: Result<Access, Error>, is_next: bool) -> Self {
        let (state, reason, access) = match access {
            Ok(access) => (if is_next { "used" } else { "available" }, None, Some(access)),
            Err(error) if error.kind() == ErrorKind::Unavailable => ("not configured", Some(error.to_string()), None),
            Err(error) => ("broken", Some(error.to_string()), None),
        };
        let reason = reason.map(|reason| reason.replace('\n', " "));
        Self { order, name, state, reason, access }
    }

    /// Why it is used or not, where nothing is wrong with it.
    fn because(mut self, why: String) -> Self {
        if self.access.is_some() {
            self.reason = Some(why);
        }
        self
    }

    fn provenance(&self) -> Option<String> {
        let access = self.access.as_ref()?;
        match (access.credential_name(), access.credential()) {
            (Some(name), Some(place)) => Some(format!("{name}: {place}")),
            _ if access.is_none_needed() => Some("none needed".to_owned()),
            _ => None,
        }
    }

    fn cells(&self) -> [String; 5] {
        let order = self.order.map_or_else(|| "-".to_owned(), |order| order.to_string());
        let or_nothing = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        [
            order,
            self.name.clone(),
            self.state.to_owned(),
            or_nothing(self.provenance()),
            or_nothing(self.reason.clone()),
        ]
    }

    fn explanation(&self) -> String {
        let Some(access) = &self.access else { return String::new() };
        let lines = access.explain().to_string();
        let lines: String = lines.lines().map(|line| format!("  {line}\n")).collect();
        format!("\n{}, at {}\n{lines}", self.name, access.endpoint())
    }

    fn json(&self, explain: bool) -> Value {
        let mut row = json!({
            "order": self.order,
            "source": self.name,
            "state": self.state,
            "reason": self.reason,
            "credential": self.access.as_ref().and_then(Access::credential_name),
            "provenance": self.access.as_ref().and_then(Access::credential).map(ToString::to_string),
        });
        if explain && let (Some(row), Some(access)) = (row.as_object_mut(), &self.access) {
            row.extend(explained(access.explain()));
        }
        row
    }
}

fn explained(explanation: &Explanation) -> [(String, Value); 2] {
    let settings = explanation.settings().iter().map(|setting| {
        json!({
            "name": setting.name(),
            "value": setting.value(),
            "secret": setting.is_secret(),
            "provenance": setting.provenance().map(ToString::to_string),
        })
    });
    [("settings".to_owned(), settings.collect()), ("notes".to_owned(), json!(explanation.notes()))]
}
