//! Dropped at each await.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use async_trait::async_trait;

use super::run::{self, Run};
use crate::{Error, FetchContext, Token, TokenSource};

/// More than any source has.
const AWAITS: usize = 256;

pub(super) fn check(run: &mut Run<'_>) {
    let mut result = Err(format!("it has not ended after {AWAITS} awaits"));
    for after in 1..=AWAITS {
        match at(run, after) {
            Ok(true) => {}
            Ok(false) => {
                result = Ok(());
                break;
            }
            Err(why) => {
                result = Err(format!("at await {after}: {why}"));
                break;
            }
        }
    }
    run.note("what is dropped half-way leaves nothing", result);
}

/// Whether there was as many to wait for.
fn at(run: &mut Run<'_>, after: usize) -> Result<bool, String> {
    let granting = run::granting(run.check, 3600);
    run.scene("a call that was dropped", |scene| {
        scene.server.answers(granting);
        let dropped = Arc::new(AtomicBool::new(false));
        let source = Dropping { source: Arc::clone(&scene.source), after, dropped: Arc::clone(&dropped) };
        let broken = scene.another_stage(Arc::new(source))?;
        let _either_way = broken.token();
        if !dropped.load(Ordering::Relaxed) {
            return Ok(false);
        }
        if scene.server.open() > 0 {
            return Err("its request goes on".to_owned());
        }
        scene.token().map_err(|error| format!("the next call fails: {error}"))?;
        Ok(true)
    })
}

/// Drops the future at the await of this number.
struct Dropping {
    source: Arc<dyn TokenSource>,
    after: usize,
    dropped: Arc<AtomicBool>,
}

#[async_trait]
impl TokenSource for Dropping {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let mut fetch = Some(self.source.fetch(cx));
        let mut awaits = 0;
        poll_fn(|task| {
            if let Some(Poll::Ready(result)) = fetch.as_mut().map(|fetch| fetch.as_mut().poll(task)) {
                return Poll::Ready(result);
            }
            awaits += 1;
            if awaits < self.after {
                return Poll::Pending;
            }
            fetch = None;
            self.dropped.store(true, Ordering::Relaxed);
            Poll::Ready(Err(Error::transient("it was dropped")))
        })
        .await
    }
}
