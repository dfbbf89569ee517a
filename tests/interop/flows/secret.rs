//! Client credentials with a secret full of odd characters, in the header and in the form.

use std::sync::Arc;

use auth_core::exchange::{ClientAuth, TokenEndpoint};
use auth_core::sources::ClientCredentials;
use auth_core::{Error, TokenSource};

use crate::flow::{Flow, Wrong};
use crate::place::Place;
use crate::registered::WithSecret;
use crate::server::Kind;

pub(crate) struct Basic;

pub(crate) struct Post;

/// As long as the right one, and as odd; the last letter is another.
fn secret(client: &WithSecret, wrong: Option<Wrong>) -> String {
    let mut secret = client.secret.clone();
    if wrong == Some(Wrong::Secret) {
        let last = secret.pop();
        secret.push(if last == Some('0') { '1' } else { '0' });
    }
    secret
}

impl Flow for Basic {
    fn name(&self) -> String {
        "client credentials, Basic".to_owned()
    }

    fn owner<'a>(&self, place: &'a Place) -> &'a str {
        &place.world.registered.basic(place.kind).id
    }

    fn wrongs(&self, _kind: Kind) -> Vec<Wrong> {
        vec![Wrong::Secret, Wrong::Encoding]
    }

    fn source(
        &self,
        place: &Place,
        endpoint: TokenEndpoint,
        wrong: Option<Wrong>,
    ) -> Result<Arc<dyn TokenSource>, Error> {
        let client = place.world.registered.basic(place.kind);
        let auth = ClientAuth::basic(client.id.clone(), secret(client, wrong));
        Ok(Arc::new(ClientCredentials::new(endpoint, auth)))
    }

    fn basic<'a>(&self, place: &'a Place) -> Option<&'a WithSecret> {
        Some(place.world.registered.basic(place.kind))
    }
}

impl Flow for Post {
    fn name(&self) -> String {
        "client credentials, post".to_owned()
    }

    fn owner<'a>(&self, place: &'a Place) -> &'a str {
        &place.world.registered.post(place.kind).id
    }

    fn wrongs(&self, _kind: Kind) -> Vec<Wrong> {
        vec![Wrong::Secret]
    }

    fn source(
        &self,
        place: &Place,
        endpoint: TokenEndpoint,
        wrong: Option<Wrong>,
    ) -> Result<Arc<dyn TokenSource>, Error> {
        let client = place.world.registered.post(place.kind);
        let auth = ClientAuth::post(client.id.clone(), secret(client, wrong));
        Ok(Arc::new(ClientCredentials::new(endpoint, auth)))
    }
}
