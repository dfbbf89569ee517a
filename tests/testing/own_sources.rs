//! Every source of ours that asks over a transport.

use auth_core::exchange::{ClientAuth, PrivateKeyJwt, TokenEndpoint, TokenType};
use auth_core::signer::PrivateKey;
use auth_core::sources::{ApiKey, ClientCredentials, CrToken, JwtBearer, RefreshToken, Remote, StaticToken};
use auth_core::sources::{TokenExchange, TrustedProfile, VpcInstance};
use auth_core::testing::SourceCheck;
use http::header::COOKIE;

const URL: &str = "https://issuer.example.com/token";
/// Characters that each encoding writes in its own way.
const SECRET: &str = "hV3!x:Qe/7+Zp=2mT&k%R\u{e9}w";
const TOKEN: &str = "qN4.tW8-zR1_yB6~vC9";
/// Made for this test; nothing trusts it.
const KEY: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

fn endpoint() -> TokenEndpoint {
    TokenEndpoint::parse(URL).unwrap()
}

#[test]
fn an_api_key_at_a_token_endpoint() {
    let source = || ApiKey::new(endpoint(), TOKEN).unwrap().client("me", SECRET);
    SourceCheck::new(URL, source).secret("the key", TOKEN).secret("the client's secret", SECRET).run().assert();
}

#[test]
fn a_client_that_says_its_secret_in_the_header_or_the_body() {
    let basic = || ClientCredentials::new(endpoint(), ClientAuth::basic("me", SECRET));
    SourceCheck::new(URL, basic).secret("the secret", SECRET).run().assert();
    let post = || ClientCredentials::new(endpoint(), ClientAuth::post("me", SECRET));
    SourceCheck::new(URL, post).secret("the secret", SECRET).run().assert();
}

#[test]
fn a_refresh_token_that_stays_or_is_rotated() {
    let source = || RefreshToken::new(endpoint(), ClientAuth::post("me", SECRET), TOKEN).unwrap();
    let check = || SourceCheck::new(URL, source).secret("the refresh token", TOKEN).secret("the client's", SECRET);
    check().run().assert();
    let rotated = |token: &str, seconds: u64| {
        let next = token.chars().rev().collect::<String>();
        format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{seconds},"refresh_token":"{next}"}}"#)
    };
    check().grants(rotated).run().assert();
}

#[test]
fn a_token_is_exchanged_for_another() {
    let source = || {
        let subject = StaticToken::new(TOKEN).unwrap();
        TokenExchange::new(endpoint(), ClientAuth::basic("me", SECRET), subject, TokenType::JWT)
    };
    let body = |token: &str, seconds: u64| {
        let kind = "urn:ietf:params:oauth:token-type:access_token";
        format!(
            r#"{{"access_token":"{token}","issued_token_type":"{kind}","token_type":"Bearer","expires_in":{seconds}}}"#
        )
    };
    let check = SourceCheck::new(URL, source).grants(body).secret("the subject", TOKEN);
    check.secret("the client's secret", SECRET).run().assert();
}

#[test]
fn a_backend_hands_out_tokens_to_a_session() {
    let source = || Remote::new(endpoint()).session(COOKIE, format!("session={TOKEN}")).unwrap();
    SourceCheck::new(URL, source).secret("the session", TOKEN).run().assert();
    let bearer = || Remote::new(endpoint()).post().bearer_session(TOKEN).unwrap();
    let check = SourceCheck::new(URL, bearer).secret("the session", TOKEN);
    let check = check.grants(|token, seconds| format!(r#"{{"accessToken":"{token}","expires_in":{seconds}}}"#));
    check.grants_endless(|token| format!("{token}\n")).run().assert();
}

fn key() -> PrivateKey {
    PrivateKey::from_pem(format!("-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\n")).unwrap()
}

#[test]
fn a_key_that_signs_for_a_service_account_or_a_client() {
    let bearer = || JwtBearer::new(endpoint(), "service", key());
    SourceCheck::new(URL, bearer).secret("the private key", KEY).run().assert();
    let client = || {
        let jwt = PrivateKeyJwt::new("me", "https://issuer.example.com", key());
        ClientCredentials::new(endpoint(), jwt)
    };
    SourceCheck::new(URL, client).secret("the private key", KEY).run().assert();
}

#[test]
fn a_trusted_profile_keeps_them_at_both_of_its_steps() {
    const INNER: &str = "https://iam.example.com/token";
    const INNER_TOKEN: &str = "zT5.kV0-hD9_sJ3~mX7";
    let source = || {
        let own = ApiKey::new(TokenEndpoint::parse(INNER).unwrap(), TOKEN).unwrap();
        TrustedProfile::for_profile_id(endpoint(), own, "Profile-1")
    };
    let inner = format!(r#"{{"access_token":"{INNER_TOKEN}","token_type":"Bearer","expires_in":3600}}"#);
    let check = SourceCheck::new(URL, source).also_serves(INNER, inner);
    check.secret("the key", TOKEN).secret("the inner token", INNER_TOKEN).run().assert();
    // The same, with the trouble at the inner one. The token is the outer one's, whatever the inner one grants.
    let outer = r#"{"access_token":"a-token","token_type":"Bearer","expires_in":3600}"#;
    let report = SourceCheck::new(INNER, source).exchanged_at(URL, outer).secret("the key", TOKEN).run();
    report.assert();
    let of_the_token = [
        "brings what is granted",
        "a token without an end is kept",
        "a token that has expired on arrival is ExpiredOnArrival",
        "an outage is served",
    ];
    assert_eq!(report.skipped().collect::<Vec<_>>(), of_the_token);
}

#[test]
fn a_vpc_instance_shows_its_identity_to_the_metadata_service() {
    const METADATA: &str = "http://127.0.0.1:8080";
    let [identity, token] = ["token", "iam_token"].map(|last| format!("{METADATA}/instance_identity/v1/{last}"));
    let source = || VpcInstance::at(METADATA).unwrap().profile_id("Profile-1");
    let first = format!(r#"{{"access_token":"{TOKEN}","expires_in":300}}"#);
    SourceCheck::new(&token, source).also_serves(&identity, first).secret("the identity", TOKEN).run().assert();
}

#[test]
fn a_compute_resource_sends_the_token_of_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), TOKEN).unwrap();
    let path = file.path().to_owned();
    let source = move || CrToken::for_profile_id(endpoint(), "Profile-1").file(&path).client("me", SECRET);
    SourceCheck::new(URL, source).secret("the file", TOKEN).secret("the client's", SECRET).run().assert();
}
