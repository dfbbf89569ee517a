//! What `AuthLayer` promises to a Tower stack.
//!
//! | file | promise |
//! | --- | --- |
//! | [`clients`] | hyper's client, a router and any other Tower client send requests, and fetch tokens |
//! | [`stacks`] | `BoxCloneSyncService`, `Buffer`, `ConcurrencyLimit` and `Retry` can stand beside it |
//! | [`redirects`] | inside `FollowRedirect`, no other origin gets the header, whatever its name |
//! | [`grpc`] | tonic's channels work, and `UNAUTHENTICATED` is a 401 |
//! | [`readiness`] | only an instance that was polled ready is called, the second time too |
//! | [`replay`] | what is sent again is whole, and what can't be is sent once |
//! | [`kept`] | a client that is kept attaches what any other would, at every moment |
//! | [`recovery`] | one rejected token costs one fetch, however many requests it hits |
//! | [`base_url`] | a path goes below the base URL |
//! | [`wishes`] | a request chooses its own authentication |
//! | [`outcome`] | a response says what happened, if it is not the usual |
//! | [`refusals`] | what must not be sent is not sent |
//! | [`faults`] | an issuer's outage becomes an error of the right kind, and no unauthenticated request |
//! | [`shape`] | futures are as `Send` and `Sync` as what is inside, and errors keep their type |

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise, and so may what tests are made of")]

mod base_url;
mod clients;
mod faults;
mod fixture;
mod grpc;
mod kept;
mod outcome;
mod readiness;
mod recovery;
mod redirects;
mod refusals;
mod replay;
mod shape;
mod stacks;
mod wishes;
