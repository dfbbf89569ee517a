//! Authenticators that are made, used and dropped, some of them in the middle of a fetch: nothing of them stays.

use std::time::{Duration, Instant};

use auth_core::{Authenticator, Token, source_fn};

use crate::issuer::Issuer;
use crate::ledger::Ledger;
use crate::listening;
use crate::process::Held;

/// More resident memory than this after the second half than after the first one is a leak: some bytes for each, and as many KiB as
/// an allocator takes now and then.
const BYTES_EACH: usize = 32;
const ALLOCATOR_KIB: usize = 1024;

/// The log of as many is looked through at once.
const LOGGED: usize = 250;

/// What is under way when the last authenticator is dropped has so long to end.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn run(count: usize) -> Ledger {
    let issuer = Issuer::of_tokens_for(Duration::from_secs(1));
    let mut ledger = Ledger::default();
    let before = Held::now();
    ledger.leaked.extend(make_and_drop(count / 2, &issuer, before.tasks).await);
    let between = Held::now();
    ledger.leaked.extend(make_and_drop(count / 2, &issuer, before.tasks).await);
    let after = Held::now();
    println!(
        "a crowd: {count} authenticators made, used and dropped: tasks {} -> {}, descriptors {} -> {}, resident {} -> {} -> {} KiB",
        before.tasks,
        after.tasks,
        before.descriptors,
        after.descriptors,
        before.resident,
        between.resident,
        after.resident
    );
    if after.tasks > before.tasks || after.descriptors > before.descriptors {
        ledger.lost.push("a crowd: tasks or descriptors of authenticators stay when they are dropped".to_owned());
    }
    if after.resident > between.resident + ALLOCATOR_KIB + count / 2 * BYTES_EACH / 1024 {
        ledger.lost.push("a crowd: memory of authenticators stays when they are dropped".to_owned());
    }
    ledger
}

/// Tells what of them was logged and shows a secret. The log is looked through so often that it is not what memory is needed for.
async fn make_and_drop(count: usize, issuer: &Issuer, tasks: usize) -> Vec<String> {
    let mut leaks = Vec::new();
    for number in 0..count {
        if number % LOGGED == 0 {
            leaks.extend(listening::leaks([]));
        }
        let at_once = source_fn(|_cx| async { Ok(Token::bearer("at once").expires_in(Duration::from_secs(60))) });
        let auth = Authenticator::builder(at_once).anywhere().build().unwrap();
        auth.token(Duration::ZERO).await.unwrap();
        if number % 10 == 0 {
            // Dropped while it waits for its issuer, by the caller and by everybody.
            let slow = Authenticator::builder(issuer.source(number)).anywhere().build().unwrap();
            let waiting = slow.token(Duration::ZERO);
            drop(slow);
            drop(futures_util::poll!(Box::pin(waiting)));
        }
    }
    // What is under way may end.
    let begun = Instant::now();
    while Held::now().tasks > tasks && begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    leaks.extend(listening::leaks([]));
    leaks
}
