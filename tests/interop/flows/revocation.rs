//! Introspection and revocation: what the server itself says of a token decides at the API.

use std::sync::Arc;

use async_trait::async_trait;
use auth_core::exchange::{ClientAuth, TokenEndpoint};
use auth_core::sources::{ClientCredentials, StaticToken};
use auth_core::{Authenticator, Error, TokenSource};
use http::StatusCode;

use crate::flow::{At, Counter, Failure, Fine, Flow, Wrong};
use crate::place::Place;
use crate::server::Kind;
use crate::usual;

pub(crate) struct Revocation;

#[async_trait]
impl Flow for Revocation {
    fn name(&self) -> String {
        "introspection, revocation".to_owned()
    }

    fn owner<'a>(&self, place: &'a Place) -> &'a str {
        &place.world.registered.exchange.id
    }

    fn wrongs(&self, _kind: Kind) -> Vec<Wrong> {
        vec![Wrong::Revoked, Wrong::Unknown, Wrong::OtherServer]
    }

    fn source(
        &self,
        place: &Place,
        endpoint: TokenEndpoint,
        _wrong: Option<Wrong>,
    ) -> Result<Arc<dyn TokenSource>, Error> {
        let client = &place.world.registered.exchange;
        Ok(Arc::new(ClientCredentials::new(endpoint, ClientAuth::basic(client.id.clone(), client.secret.clone()))))
    }

    /// Whoever has only this token gets the API's 401.
    async fn refuse(&self, at: At<'_>, wrong: Wrong) -> Result<Fine, Failure> {
        if wrong.is_of_tls() {
            return usual::refuse(self, at, wrong).await;
        }
        let token = match wrong {
            Wrong::Revoked => {
                let token = good(self, at).await?;
                at.place.observer.revoke(&token).await;
                token
            }
            Wrong::OtherServer => good(self, At { place: at.other, ..at }).await?,
            _ => at.place.world.canaries.make("an unknown token"),
        };
        let broken = |error: Error| Failure::broken(error.to_string());
        let source = StaticToken::new(token).map_err(broken)?;
        let auth = Authenticator::builder(source).for_origins([&at.place.api_origin]).build().map_err(broken)?;
        let client = at.front.client(auth, &at.place.trust);
        match client.get(&format!("{}/items", at.place.api_origin)).await {
            Ok(reply) if reply.status == StatusCode::UNAUTHORIZED && !reply.replayed => {
                Ok(Fine { said: "401 of the API".to_owned(), ..Fine::default() })
            }
            Ok(reply) => Err(Failure(Counter::LetIn, format!("the answer is {}", reply.status))),
            Err(failed) => Err(Failure::broken(format!("{failed:?}"))),
        }
    }
}

/// A token that the server calls active.
async fn good(flow: &Revocation, at: At<'_>) -> Result<String, Failure> {
    let source =
        flow.source(at.place, at.place.endpoint(), None).map_err(|error| Failure::broken(error.to_string()))?;
    usual::active(flow, at, &usual::authenticator(at, source, &usual::road(at, &at.place.trust))).await
}
