//! Client credentials with an assertion that the client's key signs.

use std::sync::Arc;

use auth_core::exchange::{self, TokenEndpoint};
use auth_core::sources::ClientCredentials;
use auth_core::{Error, TokenSource};

use crate::flow::{Flow, Wrong};
use crate::keys::KEY_ID;
use crate::place::Place;
use crate::server::Kind;

const NAMES: [&str; 3] = ["RS256", "ES256", "EdDSA"];

/// With the key of this number.
pub(crate) struct PrivateKeyJwt(pub(crate) usize);

impl Flow for PrivateKeyJwt {
    fn name(&self) -> String {
        format!("client credentials, private_key_jwt {}", NAMES[self.0])
    }

    fn owner<'a>(&self, place: &'a Place) -> &'a str {
        &place.world.registered.keys[self.0].id
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
        let keys = &place.world.registered.keys;
        let signer = match wrong {
            Some(Wrong::Key) => keys[self.0].wrong.signer(),
            Some(Wrong::Algorithm) => keys[(self.0 + 1) % keys.len()].key.signer(),
            _ => keys[self.0].key.signer(),
        };
        let audience = if wrong == Some(Wrong::Audience) { "https://issuer.invalid" } else { place.issuer() };
        let key_id = if wrong == Some(Wrong::KeyId) { "interop-0" } else { KEY_ID };
        let client = exchange::PrivateKeyJwt::new(keys[self.0].id.clone(), audience.to_owned(), signer);
        // The server has one key of this client, so it will do without, too.
        let without = NAMES[self.0] == "ES256" && wrong != Some(Wrong::KeyId);
        let client = if without { client } else { client.key_id(key_id) };
        Ok(Arc::new(ClientCredentials::new(endpoint, client)))
    }
}
