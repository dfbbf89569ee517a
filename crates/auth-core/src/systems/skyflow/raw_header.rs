//! Connections: the same tokens, raw, in a header of their own.

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderName;

use crate::{Error, FetchContext, Token, TokenSource};

/// Where Skyflow's gateway looks; `Authorization` is for the service behind it.
const HEADER: HeaderName = HeaderName::from_static("x-skyflow-authorization");

/// The tokens of another source without `Bearer`, as the gateway wants them.
pub(super) struct RawHeader(pub(super) Arc<dyn TokenSource>);

#[async_trait]
impl TokenSource for RawHeader {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        Ok(self.0.fetch(cx).await?.rewritten(HEADER, str::to_owned))
    }
}
