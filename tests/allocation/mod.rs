//! A hit costs what a static header costs.

mod reqwest;
mod tower;

use std::future::ready;
use std::time::Duration;

use auth_core::{Authenticator, Token, source_fn};

/// On the system's clocks, with an end, so that both clocks are looked at.
fn authenticator() -> Authenticator {
    let source = source_fn(|_cx| ready(Ok(Token::bearer("x".repeat(1024)).expires_in(Duration::from_secs(3600)))));
    Authenticator::builder(source).for_origins(["https://api.example.com"]).build().unwrap()
}
