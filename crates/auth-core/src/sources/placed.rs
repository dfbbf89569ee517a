//! The tokens of a source, elsewhere on a request than in `Authorization: Bearer`.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderName;

use crate::{Error, FetchContext, Token, TokenSource};

/// Where tokens go instead.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// Raw, in this header.
    Header(HeaderName),
    /// In this header, behind a text that is no secret.
    Behind(HeaderName, Cow<'static, str>),
}

/// A source whose tokens go there. What attaches nothing stays that.
pub(crate) struct Placed {
    pub(crate) source: Arc<dyn TokenSource>,
    pub(crate) place: Place,
}

#[async_trait]
impl TokenSource for Placed {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let token = self.source.fetch(cx).await?;
        Ok(match &self.place {
            Place::Header(name) => token.moved_to(name.clone()),
            Place::Behind(name, text) => token.rewritten(name.clone(), |secret| format!("{text}{secret}")),
        })
    }
}
