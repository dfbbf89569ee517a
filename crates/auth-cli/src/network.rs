//! Token requests.

use auth_core::Error;
use auth_reqwest::ReqwestTransport;

/// What sources send their requests by: the system's certificates and the environment's proxy count.
pub(crate) fn transport() -> Result<ReqwestTransport, Error> {
    ReqwestTransport::new()
}
