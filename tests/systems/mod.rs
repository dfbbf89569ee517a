//! The five systems, whole: from what a user has to an answered request, over every adapter, and each way to fail.
//!
//! | module | promise |
//! | --- | --- |
//! | [`five`] | who plays: each system with a right credential and a wrong one, and requests that are answered 200 and 403 |
//! | [`fetched`] | systems whose tokens are fetched: a 401, an expiry, an outage heal without their callers |
//! | [`given`] | systems whose tokens are given: a 401 and an expiry name the place of the token, which can be replaced |
//! | [`refused`] | a wrong credential and a 403, of all of them |

mod fetched;
pub(crate) mod five;
mod given;
mod refused;
