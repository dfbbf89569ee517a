//! Behind an authenticator: a herd, an outage.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::lifetime;
use super::run::{self, Run, answer};
use super::server::Reply;

const HERD: usize = 100;
const HOUR: u64 = 3600;

pub(super) fn check(run: &mut Run<'_>) {
    let per_call = run.per_call;
    let granting = run::granting(run.check, HOUR);
    let herd = run.scene("a herd", |scene| {
        scene.server.answers(granting);
        let mut callers: Vec<_> = (0..HERD).map(|_| Some(scene.stage.auth.token(Duration::ZERO))).collect();
        let mut failed = 0;
        scene.stage.clock.block_on(poll_fn(|task| {
            for caller in &mut callers {
                if let Some(Poll::Ready(result)) = caller.as_mut().map(|caller| Pin::new(caller).poll(task)) {
                    failed += usize::from(result.is_err());
                    *caller = None;
                }
            }
            if callers.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
        }));
        match (failed, scene.server.requests()) {
            (0, requests) if requests <= per_call => Ok(()),
            (0, requests) => Err(format!("{requests} requests for {HERD} callers, and not {per_call}")),
            (failed, _) => Err(format!("{failed} of {HERD} callers failed")),
        }
    });
    run.note("a herd makes one fetch", herd);
    outage(run);
}

/// When callers come, in seconds of a token's hour: a refresh is due from 2700 on, and in a hurry at 3590.
const IN_THE_OUTAGE: [u64; 3] = [2700, 3000, 3590];

/// The server is down from the grant on, and back when the token has ended.
fn outage(run: &mut Run<'_>) {
    const PROMISE: &str = "an outage is served";
    if run.check.is_exchanged {
        return run.report.skip(PROMISE, lifetime::EXCHANGED);
    }
    let granting = Arc::new(run::granting(run.check, HOUR));
    let again = Arc::clone(&granting);
    let served = run.scene("an outage", |scene| {
        scene.server.answers(move |request| granting(request));
        scene.token().map_err(|error| format!("the first call failed: {error}"))?;
        scene.server.answers(|_| Reply::Answer(answer(503, "")));
        let mut now = 0;
        for moment in IN_THE_OUTAGE {
            scene.stage.clock.advance(Duration::from_secs(moment - now));
            now = moment;
            let token =
                scene.token().map_err(|error| format!("at {now} s, while a token served, a caller failed: {error}"))?;
            if !lifetime::is(&token, 1) {
                return Err(format!("at {now} s a caller got another token than the one that serves"));
            }
        }
        scene.server.answers(move |request| again(request));
        scene.stage.clock.advance(Duration::from_secs(HOUR));
        let token = scene.token().map_err(|error| format!("it is not over when the server is back: {error}"))?;
        let is_new = lifetime::is(&token, 2);
        if is_new { Ok(()) } else { Err("when the server is back it is not its token that is brought".to_owned()) }
    });
    run.note(PROMISE, served);
}
