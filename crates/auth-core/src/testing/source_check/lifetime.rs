//! What is granted, and for how long.

use std::time::Duration;

use super::run::{self, Run};
use crate::{Credential, ErrorKind, Secret};

const HOUR: u64 = 3600;
/// Why nothing is said of the token.
pub(super) const EXCHANGED: &str = "the token is not what is granted here, but what that is exchanged for";
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

pub(super) fn check(run: &mut Run<'_>) {
    granted(run);
    twice(run);
    endless(run);
    expired(run);
}

fn granted(run: &mut Run<'_>) {
    const PROMISE: &str = "brings what is granted";
    let granting = run::granting(run.check, HOUR);
    let is_exchanged = run.check.is_exchanged;
    let brought = run.scene("a grant", |scene| {
        scene.server.answers(granting);
        let token = scene.token().map_err(|error| format!("it failed: {error}"))?;
        if scene.server.requests() == 0 {
            return Err("it did not ask the endpoint by the transport".to_owned());
        }
        if is_exchanged {
            return Ok(scene.server.requests());
        }
        if !is(&token, 1) {
            return Err("it brought something else than the token of the answer".to_owned());
        }
        match scene.stage.auth.status().remaining() {
            Some(left) if left == Duration::from_secs(HOUR) => Ok(scene.server.requests()),
            Some(left) => Err(format!("3600 s were granted, and it says {} s", left.as_secs())),
            None => Err("3600 s were granted, and it says nothing of it".to_owned()),
        }
    });
    if let Ok(requests) = brought {
        run.per_call = requests;
    }
    match brought {
        Ok(_) if is_exchanged => run.report.skip(PROMISE, EXCHANGED),
        _ => run.note(PROMISE, brought.map(drop)),
    }
}

/// By two authenticators, which remember nothing of each other.
fn twice(run: &mut Run<'_>) {
    let granting = run::granting(run.check, HOUR);
    let is_exchanged = run.check.is_exchanged;
    let asked = run.scene("a second grant", |scene| {
        scene.server.answers(granting);
        let first = scene.token().map_err(|error| format!("the first call failed: {error}"))?;
        let before = scene.server.requests();
        let other = scene.another_stage(scene.source.clone())?;
        let second = other.token().map_err(|error| format!("the second call failed: {error}"))?;
        if scene.server.requests() == before {
            return Err("the second call did not ask the server".to_owned());
        }
        let same = !is_exchanged && text(&first) == text(&second);
        if same { Err("the second call brought the token of the first".to_owned()) } else { Ok(()) }
    });
    run.note("remembers no token", asked);
}

fn endless(run: &mut Run<'_>) {
    const PROMISE: &str = "a token without an end is kept";
    if run.check.is_exchanged {
        return run.report.skip(PROMISE, EXCHANGED);
    }
    let Some(grants) = run.check.grants_endless.clone() else {
        return run.report.skip(PROMISE, "the server always states one; else say `grants_endless()`");
    };
    let kept = run.scene("a grant without an end", |scene| {
        scene.server.answers(run::numbered(move |token| grants(token)));
        scene.token().map_err(|error| format!("it failed: {error}"))?;
        let asked = scene.server.requests();
        scene.stage.clock.advance(YEAR);
        let later = scene.token().map_err(|error| format!("a year later it failed: {error}"))?;
        let is_kept = scene.server.requests() == asked && is(&later, 1);
        if is_kept {
            Ok(())
        } else {
            Err("a year later it was fetched anew: it has an end that nobody stated".to_owned())
        }
    });
    run.note(PROMISE, kept);
}

fn expired(run: &mut Run<'_>) {
    const PROMISE: &str = "a token that has expired on arrival is ExpiredOnArrival";
    if run.check.is_exchanged {
        return run.report.skip(PROMISE, EXCHANGED);
    }
    let granting = run::granting(run.check, 0);
    let refused = run.scene("a grant for 0 s", |scene| {
        scene.server.answers(granting);
        match scene.token() {
            Err(error) if error.kind() == ErrorKind::ExpiredOnArrival => Ok(()),
            Err(error) => Err(format!("it is {}: {error}", error.kind())),
            Ok(_) => Err("it is handed out".to_owned()),
        }
    });
    run.note(PROMISE, refused);
}

pub(super) fn is(credential: &Credential, number: usize) -> bool {
    text(credential) == Some(&run::token(number))
}

fn text(credential: &Credential) -> Option<&str> {
    credential.secret().map(Secret::expose)
}
