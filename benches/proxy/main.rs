//! `authctl proxy` beside nginx, and its memory while large bodies pass: `just proxy`.
//!
//! The upstream is this program once more, in a process of its own, and so are both proxies; the client is the same for all.
//! Contenders take turns of some seconds in rounds, because the machine drifts by more than what is measured.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench talks to a person")]

mod contender;
mod load;
mod page;
mod streams;
mod upstream;

use std::path::PathBuf;
use std::process::ExitCode;

use auth_benches::Error;
use contender::{Authctl, Nginx};
use upstream::Upstream;

const USAGE: &str = "proxy AUTHCTL NGINX [--quick] | proxy serve";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = runtime.map_err(Error::from).and_then(|runtime| {
        runtime.block_on(async {
            match words[..] {
                ["serve"] => upstream::serve().await,
                [authctl, nginx] => measure(authctl.into(), nginx.into(), false).await,
                [authctl, nginx, "--quick"] => measure(authctl.into(), nginx.into(), true).await,
                _ => Err(format!("usage: {USAGE}").into()),
            }
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(authctl: PathBuf, nginx: PathBuf, quick: bool) -> Result<(), Error> {
    let upstream = Upstream::start()?;
    let nginx = Nginx::start(&nginx, &upstream).await?;
    let authctl = Authctl::start(&authctl, &upstream).await?;
    let load = load::measure(&upstream, &authctl, &nginx, quick).await?;
    let streams = streams::measure(&authctl, if quick { 64 } else { 1024 }).await?;
    let figures = format!("{load}\n{streams}");
    println!("{figures}");
    if quick {
        println!("quick: too short to be believed, so nothing was written");
        return Ok(());
    }
    page::write(&figures)
}
