//! A token in a header, or with a scheme, of its own.

use async_trait::async_trait;
use http::HeaderName;
use http::header::AUTHORIZATION;

use crate::{Error, FetchContext, Token, TokenSource};

/// Where a described system wants its tokens.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// `Authorization`, with this scheme.
    Scheme(String),
    /// Raw, in this header.
    Header(HeaderName),
}

/// The tokens of a source, somewhere else.
pub(super) struct Placed<S> {
    pub(super) source: S,
    pub(super) place: Place,
}

#[async_trait]
impl<S: TokenSource> TokenSource for Placed<S> {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let token = self.source.fetch(cx).await?;
        Ok(match &self.place {
            Place::Scheme(scheme) => token.rewritten(AUTHORIZATION, |secret| format!("{scheme} {secret}")),
            Place::Header(name) => token.moved_to(name.clone()),
        })
    }
}
