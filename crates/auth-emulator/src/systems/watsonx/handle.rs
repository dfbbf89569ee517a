//! Where watsonx.ai's endpoints are, and what they take.

use std::fmt;

use crate::shared::Shared;

/// watsonx.ai. Its tokens are IBM Cloud IAM's.
#[derive(Clone, Copy)]
pub struct Watsonx<'a>(&'a Shared);

impl<'a> Watsonx<'a> {
    /// The project that may be used.
    pub const PROJECT_ID: &'static str = "11111111-2222-3333-4444-555555555555";
    /// The deployment space that may be used.
    pub const SPACE_ID: &'static str = "66666666-7777-8888-9999-000000000000";
    /// A project that there is, and that nobody may use: 403.
    pub const FORBIDDEN_PROJECT_ID: &'static str = "ffffffff-2222-3333-4444-555555555555";
    /// The model that there is.
    pub const MODEL_ID: &'static str = "ibm/granite-13b-chat-v2";

    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// The base, in place of `https://{region}.ml.cloud.ibm.com`: a base with a path.
    pub fn url(&self) -> String {
        format!("{}/watsonx", self.0.url)
    }
}

impl fmt::Debug for Watsonx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watsonx").field("url", &self.url()).finish()
    }
}
