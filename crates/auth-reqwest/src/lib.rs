//! auth-core as a reqwest middleware: every request authenticated, through expiry, rotation, outages and revocation.

mod client;
mod error;
mod extend;
mod middleware;
mod replay;
mod send;
mod transport;
mod url;

pub use auth_core as core;
pub use reqwest;
pub use reqwest_middleware;

pub use client::{api_client, same_origin_redirects, token_client};
pub use error::{Error, ErrorExt};
pub use extend::{ClientExt, RequestBuilderExt};
pub use middleware::AuthMiddleware;
pub use transport::ReqwestTransport;
