//! Values of arguments as people write them, and what is said where one is none: the parsers' own words are for programmers.

use std::net::SocketAddr;
use std::time::Duration;

/// A span of time.
pub(crate) fn time(text: &str) -> Result<Duration, &'static str> {
    humantime::parse_duration(text).map_err(|_| "write a time such as 30s or 2m")
}

/// Where to listen.
pub(crate) fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "write an address and a port, such as 127.0.0.1:8080 (port 0: any that is free)")
}
