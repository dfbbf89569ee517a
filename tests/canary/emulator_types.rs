//! auth-emulator's rows of the table. Its accessors give everything away, as they must; its `Debug` may not.

use auth_core::Transport;
use auth_emulator::systems::SigningAlgorithm;
use auth_emulator::{
    Answer, Builder, ClosedPort, Emulator, Fault, Flaw, Gate, Origin, RecordedRequest, Rejection, Scenario, UnfitKey,
    Wire,
};
use auth_tower::HyperTransport;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

use super::stage::HOUR;
use super::table::{Table, show};
use super::{all, secrets};
use crate::hunt::percent;

const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn show(table: &mut Table) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(talk(table));
    for fault in [
        Fault::Delay(HOUR),
        Fault::Hold(Gate::new()),
        Fault::Answer(whole_answer()),
        Fault::Reset,
        Fault::Truncated,
        Fault::Garbage,
        Fault::Oversized(1),
        Fault::Wire(Wire::new().write(secrets::ANSWER).write_for_ever(secrets::ANSWER, HOUR)),
        Fault::Redirect { status: StatusCode::FOUND, to: Origin::Other },
        Fault::Answer(whole_answer()).then(Fault::Answer(whole_answer())),
    ] {
        show!(table, fault);
    }
    for flaw in [
        Flaw::With("access_token", secrets::ANSWER.into()),
        Flaw::expires_in(secrets::ANSWER).and(Flaw::token_type(secrets::ANSWER)),
        Flaw::without_access_token(),
        Flaw::SameToken,
        Flaw::ErrorWithSuccess,
    ] {
        show!(table, flaw);
    }
    show!(table, Scenario::all().swap_remove(0), Wire::new().write(secrets::ANSWER).read_head().reset());
    show!(table, whole_answer(), Gate::new(), Origin::Main, Origin::Other, ClosedPort::new().unwrap());
    show!(table, Rejection::Expired, Rejection::MissingClaim("exp"), UnfitKey::SmallOrder, SigningAlgorithm::EdDsa);
}

fn builder() -> Builder {
    Emulator::builder()
        .with_api_keys([secrets::API_KEY])
        .with_client(secrets::CLIENT_ID, secrets::CLIENT_SECRET)
        .with_token_header(HeaderName::from_static("x-api-key"))
}

fn whole_answer() -> Answer {
    let header = HeaderValue::from_static(secrets::ANSWER);
    Answer::new(StatusCode::OK).with_header(http::header::SET_COOKIE, header).with_body("text/plain", secrets::ANSWER)
}

pub(super) async fn send(request: http::request::Builder, body: impl Into<Bytes>) -> Response<Bytes> {
    HyperTransport::new().send(request.body(body.into()).unwrap(), 1 << 20).await.unwrap()
}

/// Has the emulator see every secret, and shows what it makes of them.
async fn talk(table: &mut Table) {
    show!(table, builder());
    let emulator = builder().start().await.unwrap();
    let basic = format!("Basic {}", STANDARD.encode(secrets::BASIC_PAIR));
    let grant = "urn:ibm:params:oauth:grant-type:apikey";
    let key = percent(secrets::API_KEY.as_bytes(), |byte| !byte.is_ascii_alphanumeric());
    let form = format!("grant_type={grant}&apikey={key}&password={}", secrets::FORM_VALUE);
    let request = Request::post(emulator.token_url()).header("content-type", FORM).header("authorization", &basic);
    let fetched = send(request, form).await;
    assert_eq!(fetched.status(), StatusCode::OK);
    let token = emulator.issued_tokens().remove(0);

    let url = format!("{}/things?key={}&{}", emulator.api_url(), secrets::QUERY_SECRET, secrets::FORM_VALUE);
    let request = Request::post(url).header("x-api-key", &token).header("x-project", secrets::EXTRA_HEADER);
    assert_eq!(send(request, token.clone()).await.status(), StatusCode::OK);
    let request = Request::post(emulator.other_origin()).header("authorization", format!("Bearer {token}"));
    send(request.header("content-type", FORM), token.clone()).await;
    let request = Request::post(emulator.api_url()).header("x-api-key", secrets::X_API_KEY);
    send(request.header("cookie", secrets::ANSWER), secrets::ANSWER).await;

    assert!(carried(&emulator.requests(), &token));
    for secret in [secrets::API_KEY, secrets::QUERY_SECRET, secrets::EXTRA_HEADER, secrets::X_API_KEY, secrets::ANSWER]
    {
        assert!(carried(&emulator.requests(), secret), "the emulator was to see {secret}");
    }
    emulator.api_faults().once(whole_answer());
    emulator.token_faults().always(whole_answer());
    emulator.token_flaws().once(Flaw::With("access_token", secrets::ANSWER.into()));
    show!(table, *emulator.token_faults(), *emulator.token_flaws(), *emulator.api_faults());
    for request in emulator.requests() {
        show!(table, request);
    }
    show!(table, emulator.verify(&token).unwrap(), emulator.verify(secrets::ACCESS_TOKEN).unwrap_err(), emulator);
    table.hunt_for(token);
    systems(table, &emulator);
}

/// Every handle, after it gave a secret away.
fn systems(table: &mut Table, emulator: &Emulator) {
    emulator.ibm().set_compute_resource_tokens([secrets::API_KEY]);
    emulator.remote().set_sessions([secrets::API_KEY]);
    emulator.oauth().register_client(secrets::CLIENT_ID, secrets::CLIENT_SECRET);
    let key = emulator.oauth().register_client_key(SigningAlgorithm::Es256);
    let given = [
        emulator.skyflow().api_key(),
        emulator.skyflow().console_token(),
        emulator.cape().create_token("canary").unwrap(),
        emulator.podstack().token(),
        emulator.ivcap().refresh_token(),
        key.private_key_pem().lines().nth(1).unwrap().to_owned(),
    ];
    show!(table, emulator.ibm(), emulator.watsonx(), emulator.skyflow(), emulator.cape(), emulator.podstack());
    show!(table, emulator.ivcap(), emulator.oauth(), emulator.remote(), key, *emulator);
    for account in emulator.accounts() {
        show!(table, account);
        ["token", "api_token"]
            .iter()
            .filter_map(|name| account.setting(name))
            .for_each(|it| table.hunt_for(it.to_owned()));
    }
    for secret in given {
        table.hunt_for(secret);
    }
}

fn carried(requests: &[RecordedRequest], secret: &str) -> bool {
    requests.iter().any(|request| request.carries(secret))
}

#[tokio::test]
async fn a_secret_that_ends_in_an_equals_sign_is_no_field_name() {
    let emulator = builder().start().await.unwrap();
    let url = format!("{}/things?{}", emulator.other_origin(), secrets::API_KEY);
    send(Request::post(url), "").await;
    send(Request::post(emulator.other_origin()).header("content-type", FORM), secrets::API_KEY).await;
    for request in emulator.requests() {
        assert!(request.carries(secrets::API_KEY));
        all::check("a recorded request", &format!("{request:?}"));
    }
}
