//! A service account's assertion, exchanged for tokens (RFC 7523).

use std::sync::Arc;

use auth_core::exchange::{Client, TokenEndpoint};
use auth_core::{Error, TokenSource, sources};

use crate::flow::{Flow, Wrong};
use crate::keys::KEY_ID;
use crate::place::Place;
use crate::registered::BEARER;
use crate::server::Kind;

pub(crate) struct JwtBearer;

impl Flow for JwtBearer {
    fn name(&self) -> String {
        "jwt-bearer".to_owned()
    }

    /// oidc-provider gives no token to nobody: a client has to bring the assertion. To Authlib its issuer is the client.
    fn owner<'a>(&self, place: &'a Place) -> &'a str {
        match place.kind {
            Kind::OidcProvider => BEARER,
            Kind::Authlib => &place.world.registered.service.id,
        }
    }

    fn wrongs(&self, _kind: Kind) -> Vec<Wrong> {
        vec![Wrong::Key, Wrong::Algorithm, Wrong::Audience, Wrong::Issuer, Wrong::Expired, Wrong::Replayed]
    }

    fn source(
        &self,
        place: &Place,
        endpoint: TokenEndpoint,
        wrong: Option<Wrong>,
    ) -> Result<Arc<dyn TokenSource>, Error> {
        let service = &place.world.registered.service;
        let signer = match wrong {
            Some(Wrong::Key) => service.wrong.signer(),
            Some(Wrong::Algorithm) => {
                place.world.registered.with_key(|algorithm| algorithm != service.key.algorithm).key.signer()
            }
            _ => service.key.signer(),
        };
        let issuer = if wrong == Some(Wrong::Issuer) { "somebody" } else { &service.id };
        let client = match place.kind {
            Kind::OidcProvider => Client::public(BEARER),
            Kind::Authlib => Client::unnamed(),
        };
        let source = sources::JwtBearer::new(endpoint, issuer.to_owned(), signer).subject(service.id.clone());
        let source = source.key_id(KEY_ID).client(client);
        Ok(Arc::new(match (wrong, place.kind) {
            (Some(Wrong::Audience), _) => source.audience("https://issuer.invalid"),
            (_, Kind::OidcProvider) => source.audience(place.issuer().to_owned()),
            // The token endpoint, which is the default.
            (_, Kind::Authlib) => source,
        }))
    }
}
