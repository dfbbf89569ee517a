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
    /// A token is fetched that nobody asked for.
    Wasteful,
    /// The token goes into the URL, too.
    Talkative,
    /// The client trusts whoever made the server's certificate.
    AnyAuthority,
}

impl Plant {
    pub(crate) const ALL: [Self; 7] = [
        Self::Unencoded,
        Self::AnySecret,
        Self::AnyToken,
        Self::Forgetful,
        Self::Wasteful,
        Self::Talkative,
        Self::AnyAuthority,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unencoded => "unencoded",
            Self::AnySecret => "any-secret",
            Self::AnyToken => "any-token",
            Self::Forgetful => "forgetful",
            Self::Wasteful => "wasteful",
            Self::Talkative => "talkative",
            Self::AnyAuthority => "any-authority",
        }
    }
}
