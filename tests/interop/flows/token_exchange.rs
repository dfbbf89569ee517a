//! A token of one client's, exchanged for one of the API's (RFC 8693). The first is fetched each time, too.

use std::sync::Arc;

use auth_core::exchange::{ClientAuth, TokenEndpoint, TokenType};
use auth_core::sources::{self, ClientCredentials, StaticToken};
use auth_core::{Error, TokenSource};

use crate::flow::{Flow, Wrong};
use crate::place::Place;
use crate::registered::AUDIENCE;
use crate::server::Kind;

pub(crate) struct TokenExchange;

impl Flow for TokenExchange {
    fn name(&self) -> String {
        "token exchange".to_owned()
    }

    fn cost(&self) -> usize {
        2
    }

    fn owner<'a>(&self, place: &'a Place) -> &'a str {
        &place.world.registered.exchange.id
    }

    fn wrongs(&self, _kind: Kind) -> Vec<Wrong> {
        vec![Wrong::Secret, Wrong::Unknown, Wrong::Audience]
    }

    fn source(
        &self,
        place: &Place,
        endpoint: TokenEndpoint,
        wrong: Option<Wrong>,
    ) -> Result<Arc<dyn TokenSource>, Error> {
        let client = &place.world.registered.exchange;
        let auth = |secret: &str| ClientAuth::basic(client.id.clone(), secret.to_owned());
        let subject: Arc<dyn TokenSource> = match wrong {
            Some(Wrong::Unknown) => Arc::new(StaticToken::new("nobody-ever-issued-this-token")?),
            _ => Arc::new(ClientCredentials::new(endpoint.clone(), auth(&client.secret))),
        };
        let secret = if wrong == Some(Wrong::Secret) { "the-wrong-secret" } else { &client.secret };
        let audience = if wrong == Some(Wrong::Audience) { "another-api" } else { AUDIENCE };
        let source = sources::TokenExchange::new(endpoint, auth(secret), subject, TokenType::ACCESS_TOKEN);
        Ok(Arc::new(source.audience(audience).requested_token_type(TokenType::ACCESS_TOKEN)))
    }

    fn cost_of(&self, wrong: Wrong) -> usize {
        match wrong {
            Wrong::UnknownAuthority | Wrong::HostName => 0,
            Wrong::Unknown => 1,
            _ => 2,
        }
    }
}
