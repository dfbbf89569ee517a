//! `authctl proxy`: a reverse proxy that authenticates every request.
//!
//! | file | idea |
//! | --- | --- |
//! | [`args`] | what can be typed |
//! | [`start`] | from arguments to two open ports |
//! | [`service`] | one request's way |
//! | [`gate`], [`secret`] | who may come in |
//! | [`target`], [`headers`], [`location`] | what changes on the way: the URL, headers, redirects |
//! | [`upstream`], [`road`], [`written`] | the authenticated clients, how they connect, and what the credential writes |
//! | [`upgrade`] | WebSockets |
//! | [`body`], [`patience`] | bodies as they pass, and how long nothing may happen |
//! | [`refusal`] | the proxy's own answers |
//! | [`admin`], [`numbers`], [`exposition`] | the second port, and what it tells |

mod admin;
mod args;
mod body;
mod exposition;
mod gate;
mod headers;
mod location;
mod numbers;
mod patience;
mod refusal;
mod road;
mod secret;
mod service;
mod start;
mod target;
mod upgrade;
mod upstream;
mod written;

pub(crate) use args::Args;
pub(crate) use start::run;
