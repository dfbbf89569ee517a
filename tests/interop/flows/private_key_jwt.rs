//! Client credentials with an assertion that the client's key signs.

use std::sync::Arc;

use auth_core::exchange::{self, TokenEndpoint};
use auth_core::signer::Algorithm;
use auth_core::sources::ClientCredentials;
use auth_core::{Error, TokenSource};

use crate::flow::{Flow, Wrong};
use crate::keys::KEY_ID;
use crate::place::Place;
use crate::registered::WithKey;
use crate::server::Kind;

pub(crate) struct PrivateKeyJwt {
    pub(crate) algorithm: Algorithm,
    /// Whether it says which key it is. A server that has one key of a client does without.
    pub(crate) names_key: bool,
}

impl PrivateKeyJwt {
    fn client<'a>(&self, place: &'a Place) -> &'a WithKey {
        place.world.registered.with_key(|algorithm| algorithm == self.algorithm)
    }
}

impl Flow for PrivateKeyJwt {
    fn name(&self) -> String {
        format!("client credentials, private_key_jwt {}", self.algorithm.name())
    }

    fn owner<'a>(&self, place: &'a Place) -> &'a str {
        &self.client(place).id
    }

    fn wrongs(&self, _kind: Kind) -> Vec<Wrong> {
        vec![Wrong::Key, Wrong::KeyId, Wrong::Algorithm, Wrong::Audience, Wrong::Expired, Wrong::Replayed]
    }

    fn source(
        &self,
        place: &Place,
        endpoint: TokenEndpoint,
        wrong: Option<Wrong>,
    ) -> Result<Arc<dyn TokenSource>, Error> {
        let client = self.client(place);
        let signer = match wrong {
            Some(Wrong::Key) => client.wrong.signer(),
            Some(Wrong::Algorithm) => {
                place.world.registered.with_key(|algorithm| algorithm != self.algorithm).key.signer()
            }
            _ => client.key.signer(),
        };
        let audience = if wrong == Some(Wrong::Audience) { "https://issuer.invalid" } else { place.issuer() };
        let client = exchange::PrivateKeyJwt::new(client.id.clone(), audience.to_owned(), signer);
        let client = match wrong {
            Some(Wrong::KeyId) => client.key_id("interop-0"),
            _ if self.names_key => client.key_id(KEY_ID),
            _ => client,
        };
        Ok(Arc::new(ClientCredentials::new(endpoint, client)))
    }
}
