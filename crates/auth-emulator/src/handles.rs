//! The systems of an emulator.

use crate::{
    Account, Emulator,
    systems::{Cape, Ibm, Ivcap, OAuth, Podstack, Remote, Skyflow, Watsonx},
};

impl Emulator {
    /// One account at each system, for programs in any language: endpoints and credentials, as data. The tokens and the key
    /// file among them are made for this call; a token ends with the emulator's lifetime of tokens.
    ///
    /// # Panics
    ///
    /// As [`Skyflow::credentials_json`].
    pub fn accounts(&self) -> Vec<Account> {
        Account::all(self.shared())
    }

    /// IBM Cloud: IAM's grants beyond the API key, and the metadata service of a virtual server.
    pub fn ibm(&self) -> Ibm<'_> {
        Ibm::new(self.shared())
    }

    /// watsonx.ai: text generation and projects, for IAM's tokens.
    pub fn watsonx(&self) -> Watsonx<'_> {
        Watsonx::new(self.shared())
    }

    /// Skyflow: service accounts, API keys, a vault and its gateway.
    pub fn skyflow(&self) -> Skyflow<'_> {
        Skyflow::new(self.shared())
    }

    /// Cape: personal access tokens and the handshake of `run`.
    pub fn cape(&self) -> Cape<'_> {
        Cape::new(self.shared())
    }

    /// Podstack: whoami, projects and the registry.
    pub fn podstack(&self) -> Podstack<'_> {
        Podstack::new(self.shared())
    }

    /// IVCAP: services, outside with a token and inside a container without one.
    pub fn ivcap(&self) -> Ivcap<'_> {
        Ivcap::new(self.shared())
    }

    /// An authorization server without a vendor: the grants of OAuth 2.0, whose tokens open [`api_url`](Self::api_url).
    pub fn oauth(&self) -> OAuth<'_> {
        OAuth::new(self.shared())
    }

    /// A backend that vends tokens to whoever has a session.
    pub fn remote(&self) -> Remote<'_> {
        Remote::new(self.shared())
    }
}
