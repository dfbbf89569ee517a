use auth_core::exchange::{Exchange, TokenEndpoint};
use auth_core::{Error, FetchContext, Secret, Token, TokenSource, async_trait};

pub(crate) struct Vault(pub(crate) TokenEndpoint, pub(crate) Secret);

#[async_trait]
impl TokenSource for Vault {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let login = Exchange::new(self.0.clone()).credential_name("the vault's secret id");
        Ok(login.param("secret_id", self.1.clone()).send(cx).await?.token)
    }
}
