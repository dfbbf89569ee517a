//! The places where a JWT is taken.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use axum::Router;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::{
    Emulator, Origin,
    public_key::PublicKey,
    realm::Realm,
    router,
    signing_key::SigningKey,
    systems::{Cape, RegisteredKey, SigningAlgorithm, Watsonx},
};

pub(crate) const NOW: u64 = 1_800_000_000;

pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    pub(crate) router: Router,
    credentials: Value,
    clients: Vec<RegisteredKey>,
    issuers: Vec<RegisteredKey>,
    /// Somebody else's, of the same process and so with the same RSA key.
    pub(crate) other: RegisteredKey,
    serial: AtomicU64,
}

impl Stage {
    pub(crate) async fn start() -> Self {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        let emulator = Emulator::builder().with_clock(move || start).start().await.unwrap();
        let algorithms = [SigningAlgorithm::Rs256, SigningAlgorithm::Es256, SigningAlgorithm::EdDsa];
        let oauth = emulator.oauth();
        Self {
            router: router::of(Origin::Main, emulator.shared(), &[]),
            credentials: serde_json::from_str(&emulator.skyflow().credentials_json()).unwrap(),
            clients: algorithms.iter().map(|algorithm| oauth.register_client_key(*algorithm)).collect(),
            issuers: algorithms.iter().map(|algorithm| oauth.register_issuer_key(*algorithm)).collect(),
            other: oauth.register_client_key(SigningAlgorithm::Rs256),
            serial: AtomicU64::new(0),
            emulator,
        }
    }

    fn serial(&self) -> String {
        self.serial.fetch_add(1, Ordering::Relaxed).to_string()
    }
}

/// What is verified at a place; decides what becomes of a forgery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Access(Realm),
    PersonalAccessToken,
    ServiceAccount,
    DataToken,
    Client,
    Grant,
    /// A JWT of a registered issuer that is exchanged, as often as its holder likes.
    SubjectToken,
}

pub(crate) struct Seat {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) key: &'static SigningKey,
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: String,
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) place: Place,
}

#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// Path and header, and what stands before the token there.
    Header(&'static str, &'static str, &'static str),
    /// Path and form, to which the token is added.
    Form(&'static str, &'static str),
    SkyflowToken,
    Detokenize,
}

/// All of them, each with a good token that nobody has seen yet.
pub(crate) fn seats(stage: &Stage) -> Vec<Seat> {
    let mut seats = Vec::new();
    for (path, name, before, realm) in [
        ("/api/things", "authorization", "Bearer ", Realm::Iam),
        ("/api/things", "authorization", "Bearer ", Realm::OAuth),
        (
            concat!("/watsonx/v2/projects/", "11111111-2222-3333-4444-555555555555"),
            "authorization",
            "Bearer ",
            Realm::Iam,
        ),
        ("/skyflow/vault/v1/vaults/emulator-vault/persons", "authorization", "Bearer ", Realm::Skyflow),
        ("/skyflow/gateway/v1/gateway/outboundRoutes/x", "x-skyflow-authorization", "", Realm::Skyflow),
        ("/cape/v1/tokens", "authorization", "Bearer ", Realm::CapeLogin),
        ("/ivcap/1/services2", "authorization", "Bearer ", Realm::Ivcap),
    ] {
        seats.push(Seat::access(stage, realm, Place::Header(path, name, before)));
    }
    let assume = "grant_type=urn:ibm:params:oauth:grant-type:assume&profile_id=iam-Profile-00000000-0000-4000-8000-000000000002&access_token=";
    seats.push(Seat::access(stage, Realm::Iam, Place::Form("/identity/token", assume)));
    let exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token_type=urn:ietf:params:oauth:token-type:access_token&subject_token=";
    seats.push(Seat::access(stage, Realm::OAuth, Place::Form("/oauth/token", exchange)));
    seats.push(Seat::personal_access_token(stage));
    seats.extend([Seat::service_account(stage), Seat::data_token(stage)]);
    for (client, issuer) in stage.clients.iter().zip(&stage.issuers) {
        seats.extend([Seat::client(stage, client), Seat::grant(stage, issuer), Seat::subject_token(stage, issuer)]);
    }
    assert_eq!(Watsonx::PROJECT_ID, "11111111-2222-3333-4444-555555555555");
    seats
}

impl Seat {
    fn access(stage: &Stage, realm: Realm, place: Place) -> Self {
        let url = stage.emulator.url();
        let path = match place {
            Place::Header(path, ..) | Place::Form(path, _) => path,
            _ => "",
        };
        Self {
            name: format!("{realm:?} {path}"),
            kind: Kind::Access(realm),
            key: SigningKey::of_this_process().unwrap(),
            algorithm: Algorithm::RS256,
            key_id: SigningKey::ID.to_owned(),
            header: json!({"alg": "RS256", "typ": "JWT", "kid": SigningKey::ID}),
            claims: json!({
                "iss": realm.issuer(url), "sub": "someone", "aud": realm.audience(url),
                "iat": NOW, "exp": NOW + 60, "jti": format!("forged-{}", stage.serial()),
            }),
            place,
        }
    }

    fn personal_access_token(stage: &Stage) -> Self {
        Self {
            name: "Cape's personal access token".to_owned(),
            kind: Kind::PersonalAccessToken,
            header: json!({"alg": "RS256", "typ": "JWT"}),
            claims: json!({
                "iss": Cape::ISSUER, "sub": Cape::SUBJECT, "aud": [Cape::AUDIENCE],
                "iat": NOW, "nbf": NOW, "exp": NOW + 60, "jti": format!("pat-{}", stage.serial()),
            }),
            ..Self::access(stage, Realm::CapeLogin, Place::Header("/cape/v1/tokens", "authorization", "Bearer "))
        }
    }

    fn service_account(stage: &Stage) -> Self {
        let (client, key_id) = (&stage.credentials["clientID"], &stage.credentials["keyID"]);
        Self {
            name: "Skyflow's assertion".to_owned(),
            kind: Kind::ServiceAccount,
            key: (0..SigningKey::POOL)
                .map(|turn| SigningKey::handed_out(Algorithm::RS256, turn).unwrap())
                .find(|key| stage.credentials["privateKey"] == key.pem())
                .unwrap(),
            algorithm: Algorithm::RS256,
            key_id: key_id.as_str().unwrap().to_owned(),
            header: json!({"alg": "RS256", "typ": "JWT"}),
            claims: json!({
                "iss": client, "sub": client, "key": key_id, "exp": NOW + 3600,
                "aud": stage.credentials["tokenURI"],
            }),
            place: Place::SkyflowToken,
        }
    }

    fn data_token(stage: &Stage) -> Self {
        let account = Self::service_account(stage);
        let (client, key_id) = (&stage.credentials["clientID"], &stage.credentials["keyID"]);
        Self {
            name: "Skyflow's signed data token".to_owned(),
            kind: Kind::DataToken,
            claims: json!({"iss": "sdk", "sub": client, "key": key_id, "tok": "dt1", "iat": NOW, "exp": NOW + 60}),
            place: Place::Detokenize,
            ..account
        }
    }

    fn signer(stage: &Stage, key: &RegisteredKey, kind: Kind, place: Place) -> Self {
        let PublicKey { algorithm, .. } = key.public();
        let alg = crate::public_key::name(algorithm);
        Self {
            name: format!("{kind:?} {alg}"),
            kind,
            key: key.signing_key(),
            algorithm,
            key_id: key.key_id().to_owned(),
            header: json!({"alg": alg, "typ": "JWT"}),
            claims: json!({
                "iss": key.name(), "sub": key.name(), "aud": stage.emulator.oauth().issuer(),
                "iat": NOW, "exp": NOW + 60, "jti": stage.serial(),
            }),
            place,
        }
    }

    fn client(stage: &Stage, key: &RegisteredKey) -> Self {
        let form = "grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=";
        let seat = Self::signer(stage, key, Kind::Client, Place::Form("/oauth/token", form));
        let header = super::token::with(&seat.header, "typ", Some(json!("client-authentication+jwt")));
        Self { header, ..seat }
    }

    fn grant(stage: &Stage, key: &RegisteredKey) -> Self {
        let form = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=";
        Self::signer(stage, key, Kind::Grant, Place::Form("/oauth/token", form))
    }

    fn subject_token(stage: &Stage, key: &RegisteredKey) -> Self {
        let form = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token_type=urn:ietf:params:oauth:token-type:jwt&subject_token=";
        Self::signer(stage, key, Kind::SubjectToken, Place::Form("/oauth/token", form))
    }
}
