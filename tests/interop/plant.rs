//! What can be broken on purpose, to see that the run says so.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    /// The client sends Basic as it is, without form-encoding it first.
    Unencoded,
    /// The servers accept any client secret.
    AnySecret,
    /// The API accepts any token.
    AnyToken,
    /// The refresh token that follows is not kept.
    Forgetful,
    /// Each request asks for a token of its own.
    Wasteful,
    /// The token goes into the URL, too.
    Talkative,
}

impl Plant {
    pub(crate) const ALL: [Self; 6] =
        [Self::Unencoded, Self::AnySecret, Self::AnyToken, Self::Forgetful, Self::Wasteful, Self::Talkative];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unencoded => "unencoded",
            Self::AnySecret => "any-secret",
            Self::AnyToken => "any-token",
            Self::Forgetful => "forgetful",
            Self::Wasteful => "wasteful",
            Self::Talkative => "talkative",
        }
    }
}
