//! A source of one's own is one file, `vault.rs`, and one line, `mod vault;`. It fetches and never remembers: the
//! authenticator keeps its token, refreshes it before its end while the old one serves, and waits only when there is none;
//! shown on a clock that moves when it is told to.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use auth_core::{Authenticator, Error, runtime::FakeRuntime};
use vault::Vault;

/// Hands out tokens for an hour: the source, in a file of 14 lines.
mod vault;

fn main() -> Result<(), Box<dyn StdError>> {
    let fetches = Arc::new(AtomicU32::new(0));
    let clock = FakeRuntime::new();
    let auth = Authenticator::builder(Vault(Arc::clone(&fetches)))
        .for_origins(["https://api.example.com"])
        .runtime(clock.clone())
        .build()?;
    let check = |when: &str, token: u64, fetched: u32| -> Result<(), Error> {
        let generation = clock.block_on(auth.token(Duration::ZERO))?.generation();
        clock.run_until_idle(); // what the call may have started in the background
        let count = fetches.load(Ordering::Relaxed);
        println!("{when}: served token {generation}, fetched {count} in all");
        assert_eq!((generation, count), (token, fetched));
        Ok(())
    };

    check("the first call waits for a token", 1, 1)?;
    (0..1000).try_for_each(|_| clock.block_on(auth.token(Duration::ZERO)).map(drop))?;
    check("1000 calls later", 1, 1)?;
    clock.advance(Duration::from_secs(46 * 60));
    check("after 46 minutes the old one serves, and a refresh begins", 1, 2)?;
    check("the next call", 2, 2)?;
    clock.advance(Duration::from_secs(2 * 3600));
    check("after two idle hours nothing was fetched, so this call waits", 3, 3)?;
    Ok(())
}
