use auth_emulator::{
    Emulator, Flaw, Rejection, StatusCode, UnfitKey,
    systems::{OAuth, RegisteredKey, SigningAlgorithm},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::{
    assertion::{claims, now, sign},
    client::{FORM, Reply, call, form, send},
};

const CLIENT_CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");
const JWT_BEARER: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
const EXCHANGE: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ASSERTION_TYPE: (&str, &str) =
    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
const ALGORITHMS: [(SigningAlgorithm, Algorithm); 3] = [
    (SigningAlgorithm::Rs256, Algorithm::RS256),
    (SigningAlgorithm::Es256, Algorithm::ES256),
    (SigningAlgorithm::EdDsa, Algorithm::EdDSA),
];

/// As RFC 6749, section 2.3.1, has it: encoded as in a form, then joined.
fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))))
}

#[tokio::test]
async fn a_secret_goes_by_basic_or_by_post_and_opens_the_api() {
    let emulator = Emulator::start().await.unwrap();
    let right = basic(OAuth::CLIENT_ID, OAuth::CLIENT_SECRET);
    let by_basic = post(&emulator, Some(&right), &[CLIENT_CREDENTIALS, ("scope", "a b")]).await;
    let secret = [("client_id", OAuth::CLIENT_ID), ("client_secret", OAuth::CLIENT_SECRET)];
    let by_post = post(&emulator, None, &[&[CLIENT_CREDENTIALS][..], &secret].concat()).await;
    for reply in [&by_basic, &by_post] {
        assert_eq!(call(&emulator, "/things", &reply.access_token()).await.json()["sub"], OAuth::CLIENT_ID);
        assert_eq!((&reply.json()["token_type"], &reply.json()["expires_in"]), (&json!("Bearer"), &json!(3600)));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    assert_eq!((by_basic.json()["scope"].as_str(), by_post.json().get("scope")), (Some("a b"), None));
}

#[tokio::test]
async fn a_client_that_shows_itself_wrongly_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let (id, secret) = (OAuth::CLIENT_ID, OAuth::CLIENT_SECRET);
    let right = basic(id, secret);
    let unencoded = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    let (id_field, secret_field) = (("client_id", id), ("client_secret", secret));
    for (authorization, fields, error) in [
        (None, vec![], "invalid_client"),
        (Some(unencoded.as_str()), vec![], "invalid_client"),
        (Some(&basic(id, "wrong")), vec![], "invalid_client"),
        (Some("Bearer abc"), vec![], "invalid_client"),
        (Some(&right), vec![("client_id", "another")], "invalid_client"),
        (Some(&right), vec![secret_field], "invalid_request"),
        (None, vec![id_field], "invalid_client"),
        (None, vec![id_field, ("client_secret", "wrong")], "invalid_client"),
        (None, vec![("client_id", OAuth::PUBLIC_CLIENT_ID)], "unauthorized_client"),
        (None, vec![("client_assertion", "a.b.c")], "invalid_request"),
    ] {
        let reply = post(&emulator, authorization, &[&[CLIENT_CREDENTIALS], &fields[..]].concat()).await;
        assert_eq!(reply.json()["error"], error, "{authorization:?} {fields:?}");
        assert_eq!(reply.status == StatusCode::UNAUTHORIZED, error == "invalid_client");
    }
    assert_eq!(post(&emulator, Some(&right), &[]).await.json()["error"], "invalid_request");
    assert_eq!(
        post(&emulator, Some(&right), &[("grant_type", "password")]).await.json()["error"],
        "unsupported_grant_type"
    );
    emulator.oauth().register_client(id, "rotated");
    assert_eq!(post(&emulator, Some(&right), &[CLIENT_CREDENTIALS]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(post(&emulator, Some(&basic(id, "rotated")), &[CLIENT_CREDENTIALS]).await.status, StatusCode::OK);
}

fn claims_of(key: &RegisteredKey, audience: &str, jti: &str) -> Value {
    json!({"iss": key.name(), "sub": key.name(), "aud": audience, "exp": now() + 60, "iat": now(), "jti": jti})
}

#[tokio::test]
async fn a_client_signs_for_itself_with_each_algorithm_and_once() {
    let emulator = Emulator::start().await.unwrap();
    let oauth = emulator.oauth();
    for (kind, algorithm) in ALGORITHMS {
        let key = oauth.register_client_key(kind);
        let pem = key.private_key_pem();
        let typ = "client-authentication+jwt";
        let assertion = sign(algorithm, typ, &claims_of(&key, &oauth.issuer(), "1"), pem);
        let fields = [CLIENT_CREDENTIALS, ASSERTION_TYPE, ("client_assertion", &assertion)];
        let reply = post(&emulator, None, &fields).await;
        assert_eq!(call(&emulator, "/things", &reply.access_token()).await.json()["sub"], key.name());
        assert_eq!(emulator.token_requests().last().unwrap().note(), None);
        let again = post(&emulator, None, &fields).await;
        assert_eq!((again.status, again.json()["error"].as_str()), (StatusCode::UNAUTHORIZED, Some("invalid_client")));
        assert_eq!(emulator.token_requests().last().unwrap().rejection(), Some(Rejection::Replay));

        let deprecated = sign(algorithm, typ, &claims_of(&key, &oauth.token_url(), "2"), pem);
        let fields = [CLIENT_CREDENTIALS, ASSERTION_TYPE, ("client_assertion", &deprecated)];
        assert_eq!(post(&emulator, None, &fields).await.status, StatusCode::OK);
        assert!(emulator.token_requests().last().unwrap().note().unwrap().contains("deprecated"));

        let other = sign(algorithm, typ, &claims_of(&key, &oauth.issuer(), "3"), pem);
        let fields = [CLIENT_CREDENTIALS, ASSERTION_TYPE, ("client_assertion", &other), ("client_id", "another")];
        assert_eq!(post(&emulator, None, &fields).await.json()["error"], "invalid_client");
    }
}

#[tokio::test]
async fn a_key_of_another_client_or_issuer_is_not_this_one_s() {
    let emulator = Emulator::start().await.unwrap();
    let oauth = emulator.oauth();
    for (kind, algorithm) in ALGORITHMS {
        let (client, other, issuer) =
            (oauth.register_client_key(kind), oauth.register_client_key(kind), oauth.register_issuer_key(kind));
        for mixed_up in [&other, &issuer] {
            let claims = claims_of(&client, &oauth.issuer(), "1");
            let assertion = sign(algorithm, "client-authentication+jwt", &claims, mixed_up.private_key_pem());
            let fields = [CLIENT_CREDENTIALS, ASSERTION_TYPE, ("client_assertion", &assertion)];
            assert_eq!(post(&emulator, None, &fields).await.status, StatusCode::UNAUTHORIZED);
            assert_eq!(emulator.token_requests().last().unwrap().rejection(), Some(Rejection::Signature));
        }
        let assertion = sign(algorithm, "JWT", &claims_of(&issuer, &oauth.issuer(), "1"), client.private_key_pem());
        let reply = post(&emulator, None, &[JWT_BEARER, ("assertion", &assertion)]).await;
        assert_eq!(reply.json()["error"], "invalid_grant");
    }
}

#[tokio::test]
async fn an_assertion_is_a_grant() {
    let emulator = Emulator::start().await.unwrap();
    for (kind, algorithm) in ALGORITHMS {
        let key = emulator.oauth().register_issuer_key(kind);
        let mut claims = claims_of(&key, &emulator.oauth().token_url(), "1");
        claims["sub"] = json!("a user");
        let assertion = sign(algorithm, "JWT", &claims, key.private_key_pem());
        let reply = post(&emulator, None, &[JWT_BEARER, ("assertion", &assertion)]).await;
        assert_eq!(emulator.verify(&reply.access_token()).unwrap().subject(), "a user");
        let again = post(&emulator, None, &[JWT_BEARER, ("assertion", &assertion)]).await;
        assert_eq!(again.json()["error"], "invalid_grant");
    }
    // A client's key makes no grants, and a client that is tried has to be right.
    let client = emulator.oauth().register_client_key(SigningAlgorithm::Es256);
    let claims = claims_of(&client, &emulator.oauth().issuer(), "1");
    let assertion = sign(Algorithm::ES256, "JWT", &claims, client.private_key_pem());
    assert_eq!(post(&emulator, None, &[JWT_BEARER, ("assertion", &assertion)]).await.json()["error"], "invalid_grant");
    let wrong = basic("nobody", "wrong");
    let reply = post(&emulator, Some(&wrong), &[JWT_BEARER, ("assertion", &assertion)]).await;
    assert_eq!(reply.json()["error"], "invalid_client");
}

#[tokio::test]
async fn a_token_is_exchanged_for_another() {
    let emulator = Emulator::start().await.unwrap();
    let subject = emulator.issue_token();
    let token = [EXCHANGE, ("subject_token", &subject), ("subject_token_type", ACCESS_TOKEN)];
    let reply = post(&emulator, None, &token).await;
    assert_eq!(
        (&reply.json()["issued_token_type"], &reply.json()["token_type"]),
        (&json!(ACCESS_TOKEN), &json!("Bearer"))
    );
    assert_eq!(emulator.verify(&reply.access_token()).unwrap().subject(), Emulator::SUBJECT);
    let actor = [("actor_token", reply.access_token()), ("actor_token_type", ACCESS_TOKEN.to_owned())];
    let actor = actor.each_ref().map(|(name, value)| (*name, value.as_str()));
    let acting = post(&emulator, None, &[&token[..], &actor].concat()).await;
    assert_eq!(claims(&acting.access_token())["act"]["sub"], Emulator::SUBJECT);

    // A workload's own token is good for as many exchanges as it lives.
    let key = emulator.oauth().register_issuer_key(SigningAlgorithm::Es256);
    let workload =
        sign(Algorithm::ES256, "JWT", &claims_of(&key, &emulator.oauth().issuer(), "1"), key.private_key_pem());
    for _ in 0..2 {
        let kind = ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt");
        let reply = post(&emulator, None, &[EXCHANGE, ("subject_token", &workload), kind]).await;
        assert_eq!(emulator.verify(&reply.access_token()).unwrap().subject(), key.name());
    }
    let other = emulator.ivcap().token();
    for (fields, error) in [
        (vec![EXCHANGE, token[1]], "invalid_request"),
        (vec![EXCHANGE, token[2]], "invalid_request"),
        (vec![EXCHANGE, ("subject_token", &other), token[2]], "invalid_grant"),
        (vec![EXCHANGE, token[1], ("subject_token_type", "urn:other")], "invalid_request"),
        ([&token[..], &actor[..1]].concat(), "invalid_request"),
        (
            [&token[..], &[("requested_token_type", "urn:ietf:params:oauth:token-type:saml2")]].concat(),
            "invalid_request",
        ),
    ] {
        assert_eq!(post(&emulator, None, &fields).await.json()["error"], error, "{fields:?}");
    }
}

#[tokio::test]
async fn a_refresh_token_rotates_and_is_of_its_client() {
    let emulator = Emulator::start().await.unwrap();
    let refresh = async |client: &str, token: &str| {
        post(&emulator, None, &[("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)]).await
    };
    let public = OAuth::PUBLIC_CLIENT_ID;
    let first = emulator.oauth().refresh_token(public);
    let reply = refresh(public, &first).await;
    let (token, second) = (reply.access_token(), reply.json()["refresh_token"].as_str().unwrap().to_owned());
    assert_eq!(call(&emulator, "/things", &token).await.status, StatusCode::OK);
    assert_eq!(refresh(OAuth::CLIENT_ID, &second).await.json()["error"], "invalid_client");
    assert_eq!(refresh(public, &first).await.json()["error"], "invalid_grant");
    assert_eq!(call(&emulator, "/things", &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refresh(public, &second).await.json()["error"], "invalid_grant");

    let confidential = emulator.oauth().refresh_token(OAuth::CLIENT_ID);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", confidential.as_str())];
    assert_eq!(post(&emulator, None, &fields).await.json()["error"], "invalid_client");
    let right = basic(OAuth::CLIENT_ID, OAuth::CLIENT_SECRET);
    assert_eq!(post(&emulator, Some(&right), &fields).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_weak_key_is_not_registered() {
    let emulator = Emulator::start().await.unwrap();
    let small = json!({"kty": "OKP", "crv": "Ed25519", "x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"});
    let short = json!({"kty": "RSA", "n": "x".repeat(168), "e": "AQAB"});
    for (jwk, unfit) in [(small, UnfitKey::SmallOrder), (short, UnfitKey::Weak), (json!({}), UnfitKey::Format)] {
        assert_eq!(emulator.oauth().register_client_jwk("c", "k", &jwk), Err(unfit));
        assert_eq!(emulator.oauth().register_issuer_jwk("i", "k", &jwk), Err(unfit));
    }
}

#[tokio::test]
async fn flaws_are_in_these_answers_as_well() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_flaws().once(Flaw::expires_in("3600"));
    emulator.token_flaws().once(Flaw::SameToken);
    let right = basic(OAuth::CLIENT_ID, OAuth::CLIENT_SECRET);
    let first = post(&emulator, Some(&right), &[CLIENT_CREDENTIALS]).await;
    assert_eq!(first.json()["expires_in"], "3600");
    let second = post(&emulator, Some(&right), &[CLIENT_CREDENTIALS]).await;
    assert_eq!(first.access_token(), second.access_token());
}

async fn post(emulator: &Emulator, authorization: Option<&str>, fields: &[(&str, &str)]) -> Reply {
    let mut headers = vec![("content-type", FORM)];
    headers.extend(authorization.map(|value| ("authorization", value)));
    send(Method::POST, &emulator.oauth().token_url(), &headers, form(fields)).await.unwrap()
}
