//! auth-reqwest's rows of the table, and what its errors and its clients' logs say.

use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::{ApiKey, StaticToken};
use auth_core::{Access, Authenticator, Endpoint, Outcome};
use auth_emulator::{Emulator, Fault, StatusCode};
use auth_reqwest::clients::{
    ApiKeyInfo, CapeClient, GeneratedText, IssuedApiKey, IssuedToken, IvcapClient, PodstackClient, PodstackItem,
    PodstackRegistry, Record, Service, SkyflowClient, SkyflowConnection, SkyflowKeys, TokenInfo, WatsonxClient,
};
use auth_reqwest::{
    ApiClient, AuthMiddleware, Error, ErrorExt, Paging, RequestBuilderExt, ReqwestTransport, Retries, api_client,
};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use super::logs::{Heard, check_error, exchanged};
use super::stage::{HOUR, Issuer, api_key, builder, granted};
use super::table::{Table, chain, show};
use super::{all, secrets};
use crate::hunt;
use crate::reqwest::api_stage::{ApiStage, answer as reply};

pub(super) fn show(table: &mut Table) {
    let runtime = FakeRuntime::new();
    let issuer = Issuer::default().then(granted(secrets::ACCESS_TOKEN, HOUR));
    let auth = builder(&runtime, issuer, api_key()).build().unwrap();
    runtime.block_on(auth.warm_up()).unwrap();
    let middleware = AuthMiddleware::new(auth);
    show!(table, middleware, middleware.clone().replay_if(|_, _| true), middleware.without_replay());
    show!(table, ReqwestTransport::new().unwrap());

    let ours = exchanged(super::stage::Reply::Fail(auth_core::Error::transient("no answer")));
    show!(table, Error::<reqwest::Error>::Auth(ours));
    // With a URL inside, and a canary in every part of that.
    let unbuilt = api_client().build().unwrap().get(format!("odd:{}", hostile())).build().unwrap_err();
    show!(table, Error::from(unbuilt));
    api(table);
    clients(table);
    for name in ["ClientExt", "ErrorExt", "RequestBuilderExt", "Sealed"] {
        table.silent(&format!("auth-reqwest::{name}"), "a trait of methods for other crates' types");
    }
}

/// An access with a canary for a token.
fn access() -> Access {
    let source = StaticToken::new(secrets::ACCESS_TOKEN).unwrap();
    Access::new("acme", source, Endpoint::parse("https://api.acme.example").unwrap())
}

/// The client, with a canary wherever a request, its answer or its error have room.
fn api(table: &mut Table) {
    let stage = ApiStage::once(&access());
    let path = format!("/{}?key={}", secrets::QUERY_SECRET, secrets::QUERY_SECRET);
    let request = || {
        let request = stage.client.post(&path).query("q", secrets::QUERY_SECRET);
        request.header("x-own", secrets::EXTRA_HEADER).json(&secrets::FORM_VALUE)
    };
    let mut body = serde_json::json!({ "email": "a@b.example", "secret": secrets::ANSWER });
    stage.server.then(reply(200, &body).header("x-secret", secrets::ANSWER));
    let response = stage.run(request().send()).0.unwrap();
    let whoami: auth_reqwest::Whoami = serde_json::from_value(body.take()).unwrap();
    let paging = Paging::cursor("after", "/next");
    let mut pages = stage.client.pages::<u8>(&path, paging.clone()).query("q", secrets::QUERY_SECRET);
    stage.server.then(reply(200, serde_json::json!({ "items": [], "next": secrets::ANSWER })));
    stage.run(pages.next()).0.unwrap();
    show!(table, stage.client, request(), response, whoami, paging, pages, Retries::default());
    let builder = ApiClient::builder(&access()).client(api_client().build().unwrap()).with(AuthMiddleware::new(
        Authenticator::builder(StaticToken::new(secrets::NEXT_TOKEN).unwrap()).anywhere().build().unwrap(),
    ));
    show!(table, builder, auth_reqwest::ApiErrorKind::Authentication);

    let quoted = serde_json::json!({
        "error": {
            "message": format!("no: {} {} {}", secrets::ACCESS_TOKEN, secrets::ANSWER, secrets::QUERY_SECRET),
            "code": secrets::ACCESS_TOKEN,
            "field": secrets::ANSWER,
        },
        "trace": secrets::ACCESS_TOKEN,
        "detail": secrets::ANSWER,
    });
    for status in [302, 400, 401, 403, 404, 429, 500] {
        let location = format!("https://elsewhere.example.com/?key={}", secrets::ANSWER);
        stage.server.then(reply(status, &quoted).header("location", &location).header("retry-after", secrets::ANSWER));
        show!(table, stage.run(request().send()).0.unwrap_err());
    }
    stage.server.then(reply(200, serde_json::json!(secrets::ANSWER)));
    let undecodable = async { request().send().await.unwrap().json::<u8>().await };
    show!(table, stage.run(undecodable).0.unwrap_err());
    stage.server.then_refuse();
    show!(table, stage.run(request().send()).0.unwrap_err());
    let elsewhere = stage.client.get(hostile());
    show!(table, stage.run(elsewhere.send()).0.unwrap_err());
}

/// The systems' clients, and what they hand out.
fn clients(table: &mut Table) {
    let stage = ApiStage::once(&access());
    let client = || stage.client.clone();
    let (cape, watsonx, ivcap) =
        (CapeClient::with_client(client()), WatsonxClient::with_client(client()), IvcapClient::with_client(client()));
    let (vault, keys) = (SkyflowClient::with_client(client()), SkyflowKeys::with_client(client()));
    let (podstack, registry) = (PodstackClient::with_client(client()), PodstackRegistry::with_client(client()));
    show!(table, cape, watsonx, ivcap, vault, keys, podstack, registry, SkyflowConnection::with_client(client()));
    show!(table, cape.create_token("ci"), keys.create("reporting"));
    show!(table, watsonx.generate("model", secrets::FORM_VALUE));
    show!(table, vault.get("vault", "persons").ids([secrets::QUERY_SECRET]));

    let token = serde_json::json!({ "token": secrets::NEXT_TOKEN });
    show!(table, serde_json::from_value::<IssuedToken>(token).unwrap());
    let key = serde_json::json!({ "clientID": "c", "apiKeyID": "k", "apiKey": secrets::API_KEY });
    show!(table, serde_json::from_value::<IssuedApiKey>(key).unwrap());
    let record = serde_json::json!({ "fields": { "ssn": secrets::ANSWER }, "tokens": { "ssn": secrets::ANSWER } });
    show!(table, serde_json::from_value::<Record>(record).unwrap());
    // A server may list more than it should.
    let mut listed = serde_json::json!({ "id": "i", "ID": "i", "name": "n", "created_at": "2026-11-22T00:00:00Z" });
    listed["apiKey"] = secrets::API_KEY.into();
    show!(table, serde_json::from_value::<TokenInfo>(listed.clone()).unwrap());
    show!(table, serde_json::from_value::<ApiKeyInfo>(listed.clone()).unwrap());
    show!(table, serde_json::from_value::<Service>(listed.clone()).unwrap());
    show!(table, serde_json::from_value::<PodstackItem>(listed).unwrap());
    let text = serde_json::json!({ "results": [{ "generated_text": "hi" }] });
    show!(table, serde_json::from_value::<GeneratedText>(text).unwrap());
}

/// A URL on nobody's host with a canary in user, path and query.
fn hostile() -> String {
    let (password, query) = (secrets::PASSWORD, secrets::QUERY_SECRET);
    format!("https://user:{password}@host.invalid/{query}?key={query}")
}

/// An emulator that knows the canaries, and a client over sockets. What it logs is heard.
async fn stage(heard: &Heard) -> (Emulator, Authenticator, ClientWithMiddleware) {
    let emulator = Emulator::builder().with_api_keys([secrets::API_KEY]);
    let emulator = emulator.with_client(secrets::CLIENT_ID, secrets::CLIENT_SECRET).start().await.unwrap();
    let source = ApiKey::new(TokenEndpoint::parse(&emulator.token_url()).unwrap(), secrets::API_KEY).unwrap();
    let source = source.client(secrets::CLIENT_ID, secrets::CLIENT_SECRET);
    let transport = ReqwestTransport::new().unwrap();
    let mut policy = auth_core::Policy::default();
    policy.attempts = 1;
    let builder = Authenticator::builder(source).transport(transport).policy(policy).for_origins([emulator.url()]);
    let auth = heard.listening(builder);
    let client = api_client().no_proxy().connection_verbose(true).build().unwrap();
    let client = ClientBuilder::new(client).with(AuthMiddleware::new(auth.clone())).build();
    (emulator, auth, client)
}

/// A URL of the API with canaries in path and query.
fn url(emulator: &Emulator) -> String {
    format!("{}/{}?key={}", emulator.api_url(), secrets::QUERY_SECRET, secrets::QUERY_SECRET)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[track_caller]
fn check_failed(error: &(dyn std::error::Error + 'static), ours: Option<&auth_core::Error>) {
    chain(error).iter().for_each(|text| all::check("an error", text));
    ours.into_iter().for_each(check_error);
}

#[test]
fn over_sockets_a_token_is_fetched_rejected_and_replaced_and_no_log_line_shows_it() {
    let mut issued = Vec::new();
    let heard = Heard::during(|heard| {
        runtime().block_on(async {
            let (emulator, auth, client) = stage(heard).await;
            auth.warm_up().await.unwrap();
            emulator.revoke_all();
            let request = client.post(url(&emulator)).header("x-project", secrets::EXTRA_HEADER);
            let response = request.body(secrets::FORM_VALUE).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            let outcome = response.extensions().get::<Outcome>().unwrap();
            all::check("an outcome", &format!("{outcome:?}{outcome:#?}"));
            assert!(outcome.is_replayed());
            issued = emulator.issued_tokens();
        });
    });
    heard.check();
    assert_eq!(issued.len(), 2);
    let tokens = hunt::Hunt::after(issued.iter().map(|token| ("a token of the emulator's", token.as_str())));
    tokens.check("the log", &heard.log());
    assert!(heard.log().contains("token was answered 401"), "{}", heard.log());
}

#[test]
fn over_sockets_no_error_and_no_log_line_shows_a_url_or_a_secret_whatever_fails() {
    let heard = Heard::during(|heard| {
        runtime().block_on(async {
            for fault in [Fault::Reset, Fault::Truncated, Fault::Garbage, Fault::Oversized(2 << 20)] {
                let (emulator, _, client) = stage(heard).await;
                emulator.token_faults().once(fault);
                let error = client.get(url(&emulator)).send().await.unwrap_err();
                check_failed(&error, Some(error.auth().unwrap()));
            }
            let (emulator, auth, client) = stage(heard).await;
            emulator.set_api_keys(["another"]);
            let error = client.get(url(&emulator)).send().await.unwrap_err();
            check_failed(&error, Some(error.auth().unwrap()));
            let plain = api_client().no_proxy().build().unwrap();
            let error = plain.get(url(&emulator)).send_with(&auth).await.unwrap_err();
            check_failed(&error, Some(error.auth().unwrap()));

            let (emulator, auth, client) = stage(heard).await;
            emulator.api_faults().once(Fault::Reset);
            let error = client.get(url(&emulator)).send().await.unwrap_err();
            check_failed(&error, None);
            let url = url(&emulator);
            drop(emulator);
            let error = client.get(&url).timeout(Duration::from_secs(60)).send().await.unwrap_err();
            check_failed(&error, None);
            let error = plain.get(&url).send_with(&auth).await.unwrap_err();
            check_failed(&error, None);
        });
    });
    heard.check();
    assert!(heard.log().contains("no token"), "{}", heard.log());
}
