//! Which paths are token endpoints, and which are APIs.

use crate::shared::TOKEN_PATH;

pub(crate) const METADATA_TOKEN: &str = "/ibm/metadata/instance_identity/v1/token";
pub(crate) const METADATA_IAM_TOKEN: &str = "/ibm/metadata/instance_identity/v1/iam_token";
pub(crate) const SKYFLOW_TOKEN: &str = "/skyflow/manage/v1/auth/sa/oauth/token";
pub(crate) const SKYFLOW_BACKEND: &str = "/skyflow/backend/token";
pub(crate) const IVCAP_TOKEN: &str = "/ivcap/oauth/token";
pub(crate) const IVCAP_DEVICE: &str = "/ivcap/oauth/device/code";
pub(crate) const OAUTH_TOKEN: &str = "/oauth/token";
pub(crate) const REMOTE_TOKEN: &str = "/remote/token";

const TOKEN_ENDPOINTS: [&str; 9] = [
    TOKEN_PATH,
    METADATA_TOKEN,
    METADATA_IAM_TOKEN,
    SKYFLOW_TOKEN,
    SKYFLOW_BACKEND,
    IVCAP_TOKEN,
    IVCAP_DEVICE,
    OAUTH_TOKEN,
    REMOTE_TOKEN,
];

const APIS: [&str; 6] = ["/api/", "/cape/", "/ivcap/", "/podstack/", "/skyflow/", "/watsonx/"];

pub(crate) fn is_token_endpoint(path: &str) -> bool {
    TOKEN_ENDPOINTS.contains(&path)
}

pub(crate) fn is_api(path: &str) -> bool {
    APIS.iter().any(|api| path.starts_with(api)) && !is_token_endpoint(path)
}
