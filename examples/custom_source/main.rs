//! A source of one's own is one file, `vault.rs`, and one line, `mod vault;`. It fetches and never remembers: the
//! authenticator keeps its token, refreshes it before its end while the old one serves, and waits only when there is none;
//! shown on a clock that moves when it is told to. In the end the source is checked against a server that grants, refuses, hangs and
//! talks nonsense, as its own test would do it.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error as StdError;
use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::testing::{ScriptedTransport, SourceCheck};
use auth_core::{Authenticator, Error, runtime::FakeRuntime};
use vault::Vault;

/// Asks a vault for tokens: the source, in a file of 12 lines.
mod vault;

const URL: &str = "https://vault.example.com/v1/auth/login";

fn main() -> Result<(), Box<dyn StdError>> {
    let server = ScriptedTransport::new();
    for number in 1..=3 {
        server.answer(200, format!(r#"{{"access_token":"token-{number}","token_type":"Bearer","expires_in":3600}}"#));
    }
    let clock = FakeRuntime::new();
    let auth = Authenticator::builder(Vault(TokenEndpoint::parse(URL)?, "my-secret-id".into()))
        .for_origins(["https://api.example.com"])
        .transport(server.clone())
        .runtime(clock.clone())
        .build()?;
    let check = |when: &str, token: u64, fetched: usize| -> Result<(), Error> {
        let generation = clock.block_on(auth.token(Duration::ZERO))?.generation();
        clock.run_until_idle(); // what the call may have started in the background
        let count = server.requests().len();
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

    let vault = || Vault(TokenEndpoint::parse(URL).expect("it is one, as above"), "my-secret-id".into());
    let report = SourceCheck::new(URL, vault).secret("the secret id", "my-secret-id").run();
    print!("\nwhat is checked of a source:\n{report}");
    report.assert();
    Ok(())
}
