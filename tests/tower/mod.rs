//! What `AuthLayer` promises to a Tower stack, beside what every adapter promises ([`adapter`](crate::adapter)).
//!
//! | file | promise |
//! | --- | --- |
//! | [`clients`] | a router and any other Tower client take requests, and fetch tokens |
//! | [`stacks`] | `BoxCloneSyncService`, `Buffer`, `ConcurrencyLimit` and `Retry` can stand beside it |
//! | [`redirects`] | inside `FollowRedirect`, no other origin gets a secret |
//! | [`grpc`] | tonic's channels work, and `UNAUTHENTICATED` is a 401 |
//! | [`readiness`] | only an instance that was polled ready is called, the second time too |
//! | [`kept`] | a client that is kept attaches what any other would, at every moment |
//! | [`replay`] | whether a request can be sent again is a matter of its body's type |
//! | [`access`] | a whole access is one layer |
//! | [`base_url`] | a path goes below the base URL |
//! | [`refusals`] | a request without a host is refused |
//! | [`shape`] | futures are as `Send` and `Sync` as what is inside, and errors keep their type |

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise, and so may what tests are made of")]

mod access;
mod base_url;
mod clients;
mod fixture;
mod grpc;
mod kept;
mod readiness;
mod redirects;
mod refusals;
mod replay;
mod shape;
mod stacks;
