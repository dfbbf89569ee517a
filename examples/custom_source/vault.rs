use std::sync::{Arc, atomic::AtomicU32, atomic::Ordering::Relaxed};
use std::time::Duration;

use auth_core::{Error, FetchContext, Token, TokenSource, async_trait};

pub(crate) struct Vault(pub(crate) Arc<AtomicU32>);

#[async_trait]
impl TokenSource for Vault {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        let number = self.0.fetch_add(1, Relaxed) + 1; // where a real one would ask its server
        Ok(Token::bearer(format!("token-{number}")).expires_in(Duration::from_secs(3600)))
    }
}
