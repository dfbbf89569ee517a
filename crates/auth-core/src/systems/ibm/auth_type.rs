//! IBM's names for the ways to authenticate.

use crate::Error;
use crate::settings::Found;

/// How one authenticates at IBM Cloud, as IBM's SDKs name it in `<SERVICE>_AUTH_TYPE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthType {
    /// `iam`: an API key, exchanged for tokens.
    Iam,
    /// `iamAssume`: an API key, and a trusted profile that it may assume.
    IamAssume,
    /// `container`: the token that IBM Cloud mounts into a container, for one of a trusted profile.
    Container,
    /// `vpc`: the identity of the virtual server that the program runs on.
    Vpc,
    /// `bearertoken`: a token that somebody else renews.
    BearerToken,
    /// `noauth`: nothing is attached.
    NoAuth,
}

/// Those that IBM's SDKs have for products on one's own premises and for other clouds, which have no issuer here.
const OUT: [&str; 4] = ["basic", "cp4d", "mcsp", "mcspv2"];

impl AuthType {
    const ALL: [Self; 6] = [Self::Iam, Self::IamAssume, Self::Container, Self::Vpc, Self::BearerToken, Self::NoAuth];

    /// IBM's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::IamAssume => "iamAssume",
            Self::Container => "container",
            Self::Vpc => "vpc",
            Self::BearerToken => "bearertoken",
            Self::NoAuth => "noauth",
        }
    }

    /// In any case, as IBM's SDKs read it.
    pub(super) fn parse(found: &Found) -> Result<Self, Error> {
        let named = found.value().trim();
        if let Some(known) = Self::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(named)) {
            return Ok(known);
        }
        const OURS: &str = "use iam, iamAssume, container, vpc, bearertoken or noauth";
        match OUT.iter().find(|out| out.eq_ignore_ascii_case(named)) {
            Some(out) => Err(found.unusable(format!("the type {out} is not supported: {OURS}"))),
            None => Err(found.unusable(format!("it is no type of IBM's: {OURS}"))),
        }
    }
}

impl std::fmt::Display for AuthType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
