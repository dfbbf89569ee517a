//! Whose tokens are whose: a token of one system opens nothing at another.

/// A system that issues tokens. `iss` and `aud` follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Realm {
    /// IBM Cloud IAM, whose tokens open the protected API and watsonx.ai.
    Iam,
    /// The authorization server without a vendor; its tokens open the protected API too.
    OAuth,
    /// The metadata service of a virtual server: opaque, good for one more request.
    Instance,
    Skyflow,
    /// Cape's login tokens. Personal access tokens are a book of their own.
    CapeLogin,
    Ivcap,
    /// Opaque.
    Podstack,
}

impl Realm {
    pub(crate) fn issuer(self, url: &str) -> String {
        let path = match self {
            Self::Iam => "identity",
            Self::OAuth => "oauth",
            Self::Instance => "ibm/metadata",
            Self::Skyflow => "skyflow/manage",
            Self::CapeLogin => "cape",
            Self::Ivcap => "ivcap",
            Self::Podstack => "podstack",
        };
        format!("{url}/{path}")
    }

    pub(crate) fn audience(self, url: &str) -> String {
        match self {
            Self::Iam | Self::OAuth => format!("{url}/api"),
            Self::CapeLogin => "cape-api".to_owned(),
            Self::Skyflow => format!("{url}/skyflow"),
            _ => self.issuer(url),
        }
    }
}
