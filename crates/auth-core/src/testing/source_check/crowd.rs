//! Behind an authenticator: a herd, an outage.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::life;
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

/// From when a refresh is due to the token's end, and beyond.
fn outage(run: &mut Run<'_>) {
    let granting = Arc::new(run::granting(run.check, HOUR));
    let again = Arc::clone(&granting);
    let served = run.scene("an outage", |scene| {
        scene.server.answers(move |request| granting(request));
        scene.token().map_err(|error| format!("the first call failed: {error}"))?;
        scene.server.answers(|_| Reply::Answer(answer(503, "")));
        for _quarter in 0..3 {
            scene.stage.clock.advance(Duration::from_secs(HOUR / 4 + 200));
            let token = scene.token().map_err(|error| format!("a caller failed while a token served: {error}"))?;
            if !life::is(&token, 1) {
                return Err("a caller got another token than the one that serves".to_owned());
            }
        }
        scene.last_call();
        scene.server.answers(move |request| again(request));
        scene.stage.clock.advance(Duration::from_secs(HOUR));
        scene.token().map(drop).map_err(|error| format!("it is not over when the server is back: {error}"))
    });
    run.note("an outage is served", served);
}
