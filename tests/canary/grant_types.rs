//! The rows of the table for the OAuth 2.0 grants, their clients and their keys.

use std::future::pending;

use auth_core::exchange::{Client, ClientAuth, PrivateKeyJwt, TokenEndpoint, TokenType};
use auth_core::signer::PrivateKey;
use auth_core::sources::{ClientCredentials, JwtBearer, RefreshToken, StaticToken, TokenExchange};

use super::secrets;
use super::table::{Table, show};

/// Made for this table; nothing trusts it.
const KEY: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

pub(super) fn show(table: &mut Table) {
    table.hunt_for(KEY.to_owned());
    let key = PrivateKey::from_pem(format!("-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\n")).unwrap();
    let endpoint =
        TokenEndpoint::parse(&format!("https://iam.example.com/token?key={}", secrets::QUERY_SECRET)).unwrap();
    let jwt = PrivateKeyJwt::new(secrets::CLIENT_ID, "https://iam.example.com", key.clone()).key_id("k");
    let basic = ClientAuth::basic(secrets::CLIENT_ID, secrets::CLIENT_SECRET);
    let post = ClientAuth::post(secrets::CLIENT_ID, secrets::CLIENT_SECRET);
    let clients = [Client::public(secrets::CLIENT_ID), Client::unnamed(), basic.clone().into(), jwt.clone().into()];
    show!(table, key, jwt, ClientAuth::from(jwt.clone()), basic, post, clients[0], clients[1], clients[2], clients[3]);
    show!(table, TokenType::JWT, TokenType::new("urn:example:badge"));

    let credentials = ClientCredentials::new(endpoint.clone(), post).param("password", secrets::FORM_VALUE);
    let bearer = JwtBearer::new(endpoint.clone(), "service", key).claim("ctx", secrets::FORM_VALUE).unwrap();
    let refresh = RefreshToken::new(endpoint.clone(), basic.clone(), secrets::REFRESH_TOKEN).unwrap();
    let hooked = refresh.clone().on_rotate(|_| pending()).param("password", secrets::FORM_VALUE);
    let token = |secret| StaticToken::new(secret).unwrap();
    let exchange = TokenExchange::new(endpoint, basic, token(secrets::ACCESS_TOKEN), TokenType::ACCESS_TOKEN)
        .actor(token(secrets::NEXT_TOKEN), TokenType::JWT)
        .param("password", secrets::FORM_VALUE);
    show!(table, credentials, bearer, refresh, hooked, exchange);
}
