//! Ways to bend a good token.

use serde_json::Value;

use super::{
    seat::{Kind, Seat, Stage},
    token::{base64url, signed, with},
};

/// The stage, and the place whose good token is bent.
pub(crate) struct Forge<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) seat: &'a Seat,
}

impl Forge<'_> {
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        signed(&header.to_string(), &claims.to_string(), self.seat.key.encoding(), self.seat.algorithm)
    }

    pub(crate) fn header(&self, name: &str, value: Value) -> String {
        self.token(&with(&self.seat.header, name, Some(value)), &self.seat.claims)
    }

    pub(crate) fn without_header(&self, name: &str) -> String {
        self.token(&with(&self.seat.header, name, None), &self.seat.claims)
    }

    pub(crate) fn claim(&self, name: &str, value: Value) -> String {
        self.token(&self.seat.header, &with(&self.seat.claims, name, Some(value)))
    }

    pub(crate) fn without_claim(&self, name: &str) -> String {
        self.token(&self.seat.header, &with(&self.seat.claims, name, None))
    }

    pub(crate) fn raw_header(&self, header: &str) -> String {
        signed(header, &self.seat.claims.to_string(), self.seat.key.encoding(), self.seat.algorithm)
    }

    pub(crate) fn raw_claims(&self, claims: &str) -> String {
        self.bytes(claims.as_bytes())
    }

    pub(crate) fn bytes(&self, claims: &[u8]) -> String {
        let message = format!("{}.{}", base64url(self.seat.header.to_string()), base64url(claims));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), self.seat.key.encoding(), self.seat.algorithm).unwrap();
        format!("{message}.{signature}")
    }

    pub(crate) fn audience(&self) -> String {
        match &self.seat.claims["aud"] {
            Value::String(one) => one.clone(),
            Value::Array(many) => many[0].as_str().unwrap().to_owned(),
            _ => "none".to_owned(),
        }
    }

    pub(crate) fn token_endpoint(&self) -> String {
        match self.seat.kind {
            Kind::ServiceAccount | Kind::DataToken => self.stage.emulator.skyflow().token_url(),
            Kind::Access(_) | Kind::PersonalAccessToken => self.stage.emulator.token_url(),
            _ => self.stage.emulator.oauth().token_url(),
        }
    }

    /// One that was good, as issued, and was deleted or revoked since.
    pub(crate) fn deleted(&self) -> Option<Vec<String>> {
        let (emulator, shared) = (&self.stage.emulator, self.stage.emulator.shared());
        let token = match self.seat.kind {
            Kind::Access(realm) => {
                let order = crate::issuer::Order::new(realm, "someone");
                shared.issuer.issue(order, shared.now()).token
            }
            Kind::PersonalAccessToken => emulator.cape().create_token("deleted").unwrap(),
            _ => return None,
        };
        match self.seat.kind {
            Kind::PersonalAccessToken => {
                assert!(emulator.cape().verify(&token).is_ok());
                let id = shared.systems.cape.list().pop().unwrap().id;
                assert!(shared.systems.cape.delete(&id).unwrap());
            }
            _ => assert!(emulator.revoke(&token)),
        }
        Some(vec![token])
    }
}

/// The same bytes by another last character: the bits that it has too many are not zero.
pub(crate) fn loosened(signature: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = signature.split_at(signature.len() - 1);
    let at = ALPHABET.iter().position(|character| [*character] == last.as_bytes()).unwrap();
    format!("{rest}{}", char::from(ALPHABET[at + 1]))
}
