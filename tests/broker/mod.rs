//! What a `Broker` promises, without a network: the tests over sockets are `authctl`'s, the browser is `just browser`.
//!
//! | file | promise |
//! | --- | --- |
//! | [`door`] | only pages of declared origins, by known names, by a fetch with CORS |
//! | [`session`] | only with a session, by a secret or by who knows it |
//! | [`vending`] | only tokens that end soon; what is wrong is told to the program, not to the page |

mod door;
mod page;
mod session;
mod vending;
