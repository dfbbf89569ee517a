//! A life with everything that goes wrong, and all that can be seen of it.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::exchange::{Client, TokenEndpoint};
use auth_core::sources::{ApiKey, Exec, RefreshToken};
use auth_core::store::TokenStore;
use auth_core::{Authenticator, Env, Error, Event, Identity, Policy, TokenSource, source_fn};
use auth_emulator::{Answer, ClosedPort, Emulator, Fault, Origin, StatusCode};
use bytes::Bytes;
use http::Request;

use super::super::logs::Heard;
use super::super::{records, secrets};
use super::sinks::{self, Sinks};
use super::{labels, panics, plants};
use crate::rig::{Adapter, Failed, Load, Replay};

/// What the program itself puts into the URL of its requests: it is the API's, and nobody else's.
fn asked() -> String {
    format!("key={}", secrets::QUERY_SECRET)
}

pub(super) fn over<A: Adapter>(given: &Path, sinks: &mut Sinks, planted: bool) {
    records::keep();
    let mut heard = Heard::default();
    let panicked = panics::during(secrets::PANIC, || {
        heard = Heard::during(|_| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let emulator = Emulator::builder().with_api_keys([secrets::API_KEY]);
                let emulator = emulator.with_client(secrets::CLIENT_ID, secrets::CLIENT_SECRET).start().await.unwrap();
                requests::<A>(&emulator, sinks).await;
                failures::<A>(&emulator, sinks).await;
                panicking(sinks).await;
                kept::<A>(&emulator, sinks).await;
                helper(given, sinks, planted).await;
                if planted {
                    plants::everywhere(&emulator, sinks).await;
                }
                sinks.add_value(&emulator);
                sinks.add_requests(&emulator, &asked());
            });
        });
    });
    assert!(panicked.len() >= 2, "the source and the listener were to panic: {panicked:?}");
    panicked.into_iter().for_each(|said| sinks.add(sinks::PANICS, said));
    sinks.add(sinks::LOG, heard.log());
    let records = records::take();
    for line in ["TRACE hyper", "INFO auth_core", "token acquired"] {
        assert!(records.contains(line), "the records are to say {line:?}: {records}");
    }
    sinks.add(sinks::RECORDS, records);
    sinks.add_files(&std::env::temp_dir(), &folder());
}

fn folder() -> std::path::PathBuf {
    std::env::temp_dir().join("tokens")
}

/// An authenticator that tells what it hears of, and tries once: nobody waits.
struct Told {
    auth: Authenticator,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Told {
    fn new<A: Adapter>(source: impl TokenSource, origin: &str) -> Self {
        let events = Arc::<Mutex<Vec<Event>>>::default();
        let heard = Arc::clone(&events);
        let mut policy = Policy::default();
        policy.attempts = 1;
        let builder = Authenticator::builder(source).transport(A::transport()).policy(policy).for_origins([origin]);
        let auth = builder.listener(move |event| heard.lock().unwrap().push(event.clone())).build().unwrap();
        Self { auth, events }
    }

    /// What one fetch says of its failure.
    async fn fails(&self, sinks: &mut Sinks) {
        let error = self.auth.warm_up().await.unwrap_err();
        sinks.add_error(&error);
    }

    fn look(&self, sinks: &mut Sinks) {
        let (events, status) = (self.events.lock().unwrap().clone(), self.auth.status());
        sinks.add(sinks::LABELS, labels::page(&events, &status));
        events.iter().for_each(|event| sinks.add_value(event));
        sinks.add_value(&(&self.auth, status));
    }
}

fn api_key(url: &str) -> ApiKey {
    let source = ApiKey::new(TokenEndpoint::parse(url).unwrap(), secrets::API_KEY).unwrap();
    source.client(secrets::CLIENT_ID, secrets::CLIENT_SECRET).param("password", secrets::FORM_VALUE)
}

/// Requests that succeed, meet 401, 403, an outage and a redirect, and lead to another origin.
async fn requests<A: Adapter>(emulator: &Emulator, sinks: &mut Sinks) {
    let told = Told::new::<A>(api_key(&emulator.token_url()), emulator.url());
    let client = A::over_sockets(told.auth.clone(), Replay::Bodies);
    let to_api = format!("{}/things?{}", emulator.api_url(), asked());
    let elsewhere = Fault::Redirect { status: StatusCode::TEMPORARY_REDIRECT, to: Origin::Other };
    let faults = [
        None,
        Some(Answer::new(StatusCode::UNAUTHORIZED).into()),
        Some(Answer::new(StatusCode::FORBIDDEN).with_body("text/html", secrets::ANSWER).into()),
        Some(Fault::Reset),
        Some(Fault::Truncated),
        Some(Fault::Garbage),
        Some(elsewhere),
    ];
    for fault in faults {
        if let Some(fault) = fault {
            emulator.api_faults().once(fault);
        }
        for url in [&to_api, emulator.other_origin()] {
            let request = Request::post(url).body(Load::from("{}")).unwrap();
            match client.send(request).await {
                Ok(response) => sinks.add_value(&response.extensions().get::<auth_core::Outcome>()),
                Err(Failed::Auth(error)) => sinks.add_error(&error),
                // reqwest's response keeps its URL, and quotes it when its body breaks off.
                Err(Failed::Client(error)) => sinks.add_error_without(&*error, &asked()),
            }
        }
    }
    emulator.clear_faults();
    assert!(told.auth.status().generation() > Some(1), "there was a 401");
    told.look(sinks);
}

/// Fetches that fail: refused by an issuer that repeats what it was sent, sent elsewhere, not reached.
async fn failures<A: Adapter>(emulator: &Emulator, sinks: &mut Sinks) {
    let repeating = serde_json::json!({
        "error": secrets::API_KEY,
        "error_description": format!("{} {} {}", secrets::API_KEY, secrets::CLIENT_SECRET, secrets::FORM_VALUE),
        "errorMessage": secrets::BASIC_PAIR,
        "access_token": [secrets::ACCESS_TOKEN],
        "vendor": secrets::ANSWER,
    });
    let says =
        |status: StatusCode| Fault::Answer(Answer::new(status).with_body("application/json", repeating.to_string()));
    let elsewhere = Fault::Redirect { status: StatusCode::TEMPORARY_REDIRECT, to: Origin::Other };
    for fault in [
        says(StatusCode::OK),
        says(StatusCode::BAD_REQUEST),
        says(StatusCode::UNAUTHORIZED),
        says(StatusCode::SERVICE_UNAVAILABLE),
        elsewhere,
        Fault::Reset,
        Fault::Garbage,
    ] {
        emulator.token_faults().once(fault);
        let told = Told::new::<A>(api_key(&emulator.token_url()), emulator.url());
        told.fails(sinks).await;
        told.look(sinks);
    }
    let nobody = ClosedPort::new().unwrap();
    let url = format!("http://{}/token?key={}", nobody.address(), secrets::PASSWORD);
    let told = Told::new::<A>(api_key(&url), emulator.url());
    told.fails(sinks).await;
    told.look(sinks);
}

/// A source that panics, and a listener that does, in words that hold a secret.
async fn panicking(sinks: &mut Sinks) {
    let source = source_fn(|_cx| async { panic!("the source holds {}", secrets::PANIC) });
    let builder = Authenticator::builder(source).anywhere();
    let auth = builder.listener(|_event| panic!("the listener holds {}", secrets::PANIC)).build().unwrap();
    let waiting = tokio::spawn({
        let auth = auth.clone();
        async move { auth.warm_up().await }
    });
    sinks.add_error(&waiting.await.unwrap().unwrap_err());
    sinks.add_value(&(auth.status(), auth));
}

/// Tokens that are kept in files, and a rotated refresh token that can't be.
async fn kept<A: Adapter>(emulator: &Emulator, sinks: &mut Sinks) {
    let identity = Identity::new("sweep").with("key", secrets::API_KEY);
    let trouble = Arc::<Mutex<Vec<Error>>>::default();
    let told = Arc::clone(&trouble);
    let store = TokenStore::in_folder(folder()).on_trouble(move |error| told.lock().unwrap().push(error.clone()));
    for _ in 0..2 {
        let source = store.wrap_source(api_key(&emulator.token_url()), identity.clone());
        let told = Told::new::<A>(source, emulator.url());
        told.auth.warm_up().await.unwrap();
        told.look(sinks);
    }
    assert!(fs::read_dir(folder()).unwrap().count() > 0, "there is a token");
    let endpoint = TokenEndpoint::parse(&emulator.ivcap().token_url()).unwrap();
    let client = Client::public(auth_emulator::systems::Ivcap::CLIENT_ID);
    let source = RefreshToken::new(endpoint, client, emulator.ivcap().refresh_token().as_str()).unwrap();
    let source =
        source.on_rotate(|token| async move { Err(Error::transient(format!("can't write {}", token.expose()))) });
    let told = Told::new::<A>(source, emulator.url());
    told.auth.warm_up().await.unwrap();
    told.look(sinks);
    trouble.lock().unwrap().iter().for_each(|error| sinks.add_error(error));
    sinks.add_value(&(store, identity));
}

/// A helper that writes down what it was given, and one that says too much while it fails.
async fn helper(given: &Path, sinks: &mut Sinks, planted: bool) {
    let (token, seen) = (given.join("token"), given.join("seen"));
    fs::write(&token, secrets::FILE_CONTENT).unwrap();
    let env = Env::of([
        ("PATH", "/usr/bin:/bin"),
        ("HOME", "/nonexistent"),
        ("API_TOKEN", secrets::ENV_VALUE),
        ("AWS_SECRET_ACCESS_KEY", secrets::ENV_VALUE),
    ]);
    let script = r#"{ env | grep -v '^GIVEN='; echo "$0 $@"; } >"$2"; [ -n "$GIVEN" ] && cat "$1"; cat >/dev/null"#;
    let args = ["-c", script, "sh", token.to_str().unwrap(), seen.to_str().unwrap()];
    let exec = Exec::new("sh", args).in_env(env.clone()).env("GIVEN", secrets::NEXT_TOKEN).input(secrets::PASSWORD);
    let exec = if planted { plants::variable(exec) } else { exec };
    let auth = Authenticator::builder(exec).anywhere().build().unwrap();
    let credential = auth.token(Duration::ZERO).await.unwrap();
    assert_eq!(credential.secret().unwrap().expose(), secrets::FILE_CONTENT);
    sinks.add_value(&(auth, credential));
    let seen = fs::read_to_string(seen).unwrap();
    assert!(seen.contains("PATH="), "{seen}");
    sinks.add(sinks::CHILD, seen);

    let failing = format!("cat '{0}'; cat '{0}' >&2; exit 3", token.display());
    let exec = Exec::new("sh", ["-c", &failing]).in_env(env).env("GIVEN", secrets::NEXT_TOKEN);
    let auth = Authenticator::builder(exec).anywhere().build().unwrap();
    sinks.add_error(&auth.warm_up().await.unwrap_err());
}

/// A request by nobody's client.
pub(super) async fn plainly(request: http::request::Builder) {
    super::super::emulator_types::send(request, Bytes::new()).await;
}
