//! Real clients, over real sockets.

use auth_core::exchange::TokenEndpoint;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, ErrorKind};
use auth_emulator::{ClosedPort, Emulator, Origin};
use http::StatusCode;

use crate::rig::{Adapter, Failed, Stage, get, over_all, tls};

over_all!(
    three_requests_make_one_token_request,
    a_token_request_is_a_form_without_the_old_token,
    a_plain_transport_says_what_https_needs,
    an_api_that_is_gone_is_the_clients_error_and_no_token_is_blamed,
    a_token_endpoint_that_is_gone_is_a_transient_error,
    another_origin_gets_no_token_and_no_key,
);

async fn three_requests_make_one_token_request<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let client = stage.client();
    for _ in 0..3 {
        assert_eq!(client.send(stage.get()).await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(stage.counts(), (1, 3));
    assert!(stage.authorizations().iter().all(|sent| *sent == stage.bearer(0)));
}

async fn a_token_request_is_a_form_without_the_old_token<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.auth.warm_up().await.unwrap();
    stage.auth.invalidate();
    stage.auth.warm_up().await.unwrap();
    for request in stage.emulator.token_requests() {
        assert_eq!(request.method(), "POST");
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
        // Nothing that would tell who asks, or from where.
        let mut names: Vec<_> = request.headers().keys().map(http::HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "content-length", "content-type", "host"]);
        assert!(request.form().contains(&("apikey".into(), Emulator::API_KEY.into())));
    }
    assert_eq!(stage.emulator.issued_tokens().len(), 2);
}

/// Neither of them has TLS here. reqwest has it where a crate is built beside that wants it, such as `authctl`: then it tries.
async fn a_plain_transport_says_what_https_needs<A: Adapter>() {
    let nobody = ClosedPort::new().unwrap();
    let endpoint = TokenEndpoint::parse(&format!("https://{}/identity/token", nobody.address())).unwrap();
    let auth = Authenticator::builder(ApiKey::new(endpoint, "key").unwrap()).transport(A::transport());
    let error = auth.anywhere().build().unwrap().warm_up().await.unwrap_err();
    if A::HAS_REQWESTS_TLS && tls::reqwest_has_it().await {
        assert_eq!(error.kind(), ErrorKind::Transient, "{error}");
        assert!(error.to_string().contains("could not be reached"), "{error}");
        return;
    }
    assert_eq!(error.kind(), ErrorKind::Misconfigured, "{error}");
    let names_the_setting = ["with_connector", "`rustls`"].iter().any(|setting| error.to_string().contains(setting));
    assert!(names_the_setting, "{error}");
}

async fn an_api_that_is_gone_is_the_clients_error_and_no_token_is_blamed<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let client = stage.client();
    client.send(stage.get()).await.unwrap();
    let (url, auth) = (stage.url("/items"), stage.auth.clone());
    drop(stage);
    let failed = client.send(get(url)).await.unwrap_err();
    assert!(matches!(failed, Failed::Client(_)), "{failed:?}");
    assert!(!auth.status().is_suspect());
}

async fn a_token_endpoint_that_is_gone_is_a_transient_error<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let (client, request) = (stage.client(), stage.get());
    drop(stage);
    let error = client.refused(request).await;
    assert_eq!(error.kind(), ErrorKind::Transient);
    assert!(error.to_string().contains("could not be reached"), "{error}");
    assert!(!error.to_string().contains("/identity"), "the url stays out of it: {error}");
}

async fn another_origin_gets_no_token_and_no_key<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.auth.warm_up().await.unwrap();
    let url = format!("{}/items", stage.emulator.other_origin());
    assert_eq!(stage.client().send(get(url)).await.unwrap().status(), StatusCode::OK);
    let strays = stage.emulator.other_requests();
    assert_eq!((strays.len(), strays[0].origin()), (1, Origin::Other));
    let token = &stage.emulator.issued_tokens()[0];
    assert!(!strays[0].carries(token) && !strays[0].carries(Emulator::API_KEY));
}
