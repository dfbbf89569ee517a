//! What a program that isn't written in Rust needs to begin: where a system is, and a credential for it.

use std::fmt;

use crate::{
    Emulator,
    shared::Shared,
    systems::{Cape, Ivcap, OAuth, Podstack, Skyflow, Watsonx},
};

/// An account at an emulated system: its endpoints and a credential that they take, by the names that a profile of
/// `authctl` has for them, such as `url` and `api_key`. `system` or `type` is among them and says what kind it is.
///
/// `Debug` prints the names alone.
#[derive(Clone)]
pub struct Account {
    name: &'static str,
    settings: Vec<(&'static str, String)>,
}

impl Account {
    fn new<const N: usize>(name: &'static str, settings: [(&'static str, String); N]) -> Self {
        Self { name, settings: settings.into() }
    }

    /// Its name: the system's, or `default` for the API behind [`Emulator::token_url`], or `oauth`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Names and values, credentials included.
    pub fn settings(&self) -> &[(&'static str, String)] {
        &self.settings
    }

    /// The value of a setting.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// One of each. Tokens and key files are made for this call; API keys and clients are those that there are.
    pub(crate) fn all(shared: &Shared) -> Vec<Self> {
        let text = str::to_owned;
        let (skyflow, cape) = (Skyflow::new(shared), Cape::new(shared));
        let (podstack, ivcap) = (Podstack::new(shared), Ivcap::new(shared));
        // None is left after a lock-out; the usual one is refused then, as it should be.
        let api_key = shared.first_api_key().unwrap_or_else(|| text(Emulator::API_KEY));
        vec![
            Self::new(
                "default",
                [
                    ("type", text("api_key")),
                    ("endpoint", shared.api_url()),
                    ("token_url", shared.token_url()),
                    ("api_key", api_key.clone()),
                    ("whoami", text("/whoami")),
                ],
            ),
            Self::new(
                "ibm",
                [
                    ("system", text("ibm")),
                    ("url", shared.api_url()),
                    ("auth_url", shared.url.clone()),
                    ("api_key", api_key.clone()),
                ],
            ),
            Self::new(
                "watsonx",
                [
                    ("system", text("watsonx")),
                    ("url", Watsonx::new(shared).url()),
                    ("auth_url", shared.url.clone()),
                    ("api_key", api_key),
                    ("project_id", text(Watsonx::PROJECT_ID)),
                ],
            ),
            Self::new(
                "skyflow",
                [
                    ("system", text("skyflow")),
                    ("vault_url", skyflow.vault_url()),
                    ("credentials", skyflow.credentials_json()),
                ],
            ),
            Self::new("cape", [("system", text("cape")), ("host", cape.url()), ("token", cape.login_token())]),
            Self::new(
                "podstack",
                [
                    ("system", text("podstack")),
                    ("endpoint", podstack.endpoint()),
                    ("api_token", podstack.token()),
                    ("project", text(Podstack::PROJECT)),
                ],
            ),
            Self::new(
                "ivcap",
                [
                    ("system", text("ivcap")),
                    ("url", ivcap.url()),
                    ("token", ivcap.token()),
                    ("account", text(Ivcap::ACCOUNT_ID)),
                ],
            ),
            Self::new(
                "oauth",
                [
                    ("type", text("client_credentials")),
                    ("endpoint", shared.api_url()),
                    ("token_url", OAuth::new(shared).token_url()),
                    ("client_id", text(OAuth::CLIENT_ID)),
                    ("client_secret", text(OAuth::CLIENT_SECRET)),
                    ("whoami", text("/whoami")),
                ],
            ),
        ]
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.settings.iter().map(|(name, _)| name);
        f.debug_struct("Account").field("name", &self.name).field("settings", &names.collect::<Vec<_>>()).finish()
    }
}
