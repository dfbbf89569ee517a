//! `authctl proxy`.
//!
//! | file | promise |
//! | --- | --- |
//! | [`credential`] | every request is authenticated, through expiry; what there is no token for is not sent |

// A proxy that runs, and clients of it.
mod rig;

mod credential;
