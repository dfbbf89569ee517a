//! Where IBM Cloud's endpoints are, and what they take.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use crate::shared::Shared;

/// IBM Cloud IAM and the metadata service of a virtual server. The grant for an API key is
/// [`Emulator::token_url`](crate::Emulator::token_url)'s.
///
/// A trusted profile is named by one of [`PROFILE_ID`](Self::PROFILE_ID), [`PROFILE_CRN`](Self::PROFILE_CRN), and
/// [`PROFILE_NAME`](Self::PROFILE_NAME) with [`ACCOUNT`](Self::ACCOUNT); its id is the `sub` of the tokens it gets.
#[derive(Clone, Copy)]
pub struct Ibm<'a>(&'a Shared);

impl<'a> Ibm<'a> {
    /// The compute resource token that is accepted until [`set_compute_resource_tokens`](Self::set_compute_resource_tokens).
    pub const CR_TOKEN: &'static str = "c4n4ry/Bq5Wn8+Xs3Lk6Gd1==";
    /// The id of the one trusted profile.
    pub const PROFILE_ID: &'static str = "iam-Profile-00000000-0000-4000-8000-000000000002";
    /// Its CRN.
    pub const PROFILE_CRN: &'static str = "crn:v1:bluemix:public:iam-identity::a/00000000000040008000000000000003::profile:Profile-00000000-0000-4000-8000-000000000002";
    /// Its name.
    pub const PROFILE_NAME: &'static str = "emulator profile";
    /// The account that it belongs to.
    pub const ACCOUNT: &'static str = "00000000000040008000000000000003";

    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// The base of IAM: `/identity/token` is added by whoever calls it.
    pub fn auth_url(&self) -> &'a str {
        &self.0.url
    }

    /// The base of the metadata service, in place of `http://169.254.169.254`: a base with a path.
    pub fn metadata_url(&self) -> String {
        format!("{}/ibm/metadata", self.0.url)
    }

    /// Sets which compute resource tokens are accepted from now on: a rotation of the file, or a lock-out.
    pub fn set_compute_resource_tokens<T: Into<String>>(&self, tokens: impl IntoIterator<Item = T>) {
        let mut known = self.0.systems.ibm.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known = tokens.into_iter().map(Into::into).collect();
    }
}

impl fmt::Debug for Ibm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ibm").field("auth_url", &self.auth_url()).field("metadata_url", &self.metadata_url()).finish()
    }
}

/// The compute resource tokens that are accepted.
pub(crate) struct Resources(Mutex<Vec<String>>);

impl Resources {
    pub(crate) fn knows(&self, token: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|known| known == token)
    }
}

impl Default for Resources {
    fn default() -> Self {
        Self(Mutex::new(vec![Ibm::CR_TOKEN.to_owned()]))
    }
}
