//! A way to a token, right and wrong.

use std::sync::Arc;

use async_trait::async_trait;
use auth_core::exchange::TokenEndpoint;
use auth_core::{Error, TokenSource};

use crate::front::Front;
use crate::place::Place;
use crate::registered::WithSecret;
use crate::server::Kind;
use crate::usual;

/// What is wrong with a negative twin, and with nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wrong {
    Secret,
    /// Not form-encoded before it is joined.
    Encoding,
    Key,
    KeyId,
    Algorithm,
    Audience,
    Issuer,
    /// Signed by a machine whose clock is an hour behind.
    Expired,
    /// An assertion that was used before.
    Replayed,
    /// Nobody's token.
    Unknown,
    Revoked,
    /// A refresh token that was used before.
    Reused,
    /// The user has withdrawn the grant, and the token and the refresh token have gone with it.
    Withdrawn,
    /// Another client's.
    OtherClient,
    /// Another server's.
    OtherServer,
    UnknownAuthority,
    HostName,
}

impl Wrong {
    /// Those where the connection ends before a request begins.
    pub(crate) const OF_TLS: [Self; 2] = [Self::UnknownAuthority, Self::HostName];

    pub(crate) fn is_of_tls(self) -> bool {
        Self::OF_TLS.contains(&self)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Secret => "wrong secret",
            Self::Encoding => "secret not form-encoded",
            Self::Key => "wrong key",
            Self::KeyId => "wrong kid",
            Self::Algorithm => "wrong alg",
            Self::Audience => "wrong audience",
            Self::Issuer => "wrong issuer",
            Self::Expired => "expired assertion",
            Self::Replayed => "replayed assertion",
            Self::Unknown => "unknown token",
            Self::Revoked => "revoked token",
            Self::Reused => "reused refresh token",
            Self::Withdrawn => "withdrawn grant",
            Self::OtherClient => "another client's token",
            Self::OtherServer => "another server's token",
            Self::UnknownAuthority => "unknown CA",
            Self::HostName => "wrong name",
        }
    }
}

/// One run of a flow: where, and through which front end.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) place: &'a Place,
    /// A server of the other kind, on the same path.
    pub(crate) other: &'a Place,
    pub(crate) front: Front,
}

/// Which counter a failure counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    Lost,
    LetIn,
    /// None of these: a flow that does not work.
    Broken,
}

#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Counter, pub(crate) String);

impl Failure {
    pub(crate) fn broken(what: impl Into<String>) -> Self {
        Self(Counter::Broken, what.into())
    }
}

/// What went well.
#[derive(Debug, Default)]
pub(crate) struct Fine {
    /// Token requests beyond the fewest possible.
    pub(crate) extra: usize,
    /// What the server said to a twin.
    pub(crate) said: String,
    /// What we said of it, where a secret must not be.
    pub(crate) shown: String,
}

#[async_trait]
pub(crate) trait Flow: Send + Sync {
    fn name(&self) -> String;

    /// Token requests for one token.
    fn cost(&self) -> usize {
        1
    }

    /// The client that the server is to name as the token's.
    fn owner<'a>(&self, place: &'a Place) -> &'a str;

    fn wrongs(&self, kind: Kind) -> Vec<Wrong>;

    fn source(
        &self,
        place: &Place,
        endpoint: TokenEndpoint,
        wrong: Option<Wrong>,
    ) -> Result<Arc<dyn TokenSource>, Error>;

    /// What goes by Basic, if anything does.
    fn basic<'a>(&self, _place: &'a Place) -> Option<&'a WithSecret> {
        None
    }

    /// Whether the server ends what a new token would be made of, too, when a token is revoked (RFC 7009 section 2.1 allows it).
    fn revocation_ends_more(&self, _kind: Kind) -> bool {
        false
    }

    /// Token requests until a twin is refused.
    fn cost_of(&self, wrong: Wrong) -> usize {
        usize::from(!wrong.is_of_tls())
    }

    async fn pass(&self, at: At<'_>) -> Result<Fine, Failure> {
        usual::pass(self, at).await
    }

    async fn refuse(&self, at: At<'_>, wrong: Wrong) -> Result<Fine, Failure> {
        usual::refuse(self, at, wrong).await
    }
}
