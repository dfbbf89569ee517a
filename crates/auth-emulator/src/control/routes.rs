//! Which path does what.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, RawQuery, State},
    middleware,
    routing::{delete, get, post},
};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    body::{Answered, Done, Refused, done, parsed},
    faults::{OneOrMore, Step},
    guard,
    planned::{Planned, Which},
    requests::{self, Sought, Wanted},
};
use crate::{Account, Gate, RecordedRequest, recording::Kind, shared::Shared};

/// Where it is below the main origin. No system has such a path.
pub(crate) const PATH: &str = "/_emulator";

/// What the handlers share.
struct Control {
    shared: Arc<Shared>,
    /// Never held across an await: nothing here awaits.
    gates: Mutex<HashMap<String, Gate>>,
}

type Here = State<Arc<Control>>;

pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    let control = Arc::new(Control { shared: Arc::clone(shared), gates: Mutex::default() });
    Router::new()
        .route("/", get(places))
        .route("/accounts", post(accounts))
        .route("/requests", get(record).delete(forget))
        .route("/carries", post(carries))
        .route("/faults", delete(clear))
        .route("/faults/{plan}", get(pending).post(plan).delete(clear_one))
        .route("/gates/{name}", post(open))
        .route("/clock", post(advance))
        .route("/lifetime", post(set_lifetime))
        .route("/api-keys", post(set_api_keys))
        .route("/revoke", post(revoke))
        .route("/ivcap/approve", post(approve))
        .fallback(async || {
            Refused::new(StatusCode::NOT_FOUND, "there is no such path: the README of auth-emulator has the table")
        })
        .layer(middleware::from_fn_with_state(Arc::clone(shared), guard::guard))
        .with_state(control)
}

async fn places(State(control): Here) -> Json<Value> {
    let Shared { url, other_origin, .. } = &*control.shared;
    let (token_url, api_url) = (control.shared.token_url(), control.shared.api_url());
    Json(json!({ "url": url, "other_origin": other_origin, "token_url": token_url, "api_url": api_url }))
}

async fn accounts(State(control): Here) -> Json<Value> {
    let settings = |account: &Account| {
        let settings = account.settings().iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())));
        Value::Object(settings.collect())
    };
    let accounts = Account::all(&control.shared);
    Json(accounts.iter().map(|account| (account.name().to_owned(), settings(account))).collect::<Map<_, _>>().into())
}

async fn record(State(control): Here, RawQuery(query): RawQuery) -> Answered {
    let wanted = Wanted::parse(query.as_deref().unwrap_or_default());
    let wanted = wanted.ok_or_else(|| Refused::bad("the query takes kind=token, api or other, and at_least=N"))?;
    let (kind, recording) = (Kind::from(wanted.kind), &control.shared.recording);
    recording.wait_for(kind, wanted.at_least).await;
    let requests: Vec<_> = recording.select(kind).iter().map(requests::as_json).collect();
    let counts = requests::counts(recording);
    Ok(Json(json!({ "counts": counts, "requests": requests })))
}

async fn forget(State(control): Here) -> Done {
    control.shared.recording.clear();
    done()
}

async fn carries(State(control): Here, body: Bytes) -> Answered {
    let Sought { text, kind } = parsed(&body)?;
    let requests = control.shared.recording.select(kind.into());
    let found: Vec<_> = requests.iter().filter(|one| one.carries(&text)).map(RecordedRequest::index).collect();
    Ok(Json(json!({ "requests": found })))
}

async fn clear(State(control): Here) -> Done {
    control.shared.clear_faults();
    done()
}

async fn pending(State(control): Here, Path(plan): Path<Which>) -> Json<Value> {
    Json(json!({ "pending": plan.pending(&control.shared) }))
}

async fn plan(State(control): Here, Path(plan): Path<Which>, body: Bytes) -> Answered {
    let shared = &control.shared;
    let fault = |fault: OneOrMore<Step>| fault.fault(&|name| control.gate(name));
    match plan {
        Which::Token => parsed::<Planned<_>>(&body)?.put(&shared.token_faults, fault),
        Which::Api => parsed::<Planned<_>>(&body)?.put(&shared.api_faults, fault),
        Which::Answer => parsed::<Planned<_>>(&body)?.put(&shared.token_flaws, OneOrMore::flaw),
    }
    .map_err(Refused::bad)?;
    Ok(Json(json!({ "pending": plan.pending(shared) })))
}

async fn clear_one(State(control): Here, Path(plan): Path<Which>) -> Done {
    plan.clear(&control.shared);
    done()
}

async fn open(State(control): Here, Path(name): Path<String>) -> Done {
    // Also before anybody waits: a fault that names it later finds it open.
    control.gate(name).open();
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

async fn advance(State(control): Here, body: Bytes) -> Done {
    let Advance { advance_seconds } = parsed(&body)?;
    control.shared.clock.advance(Duration::from_secs(advance_seconds));
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lifetime {
    seconds: u64,
}

async fn set_lifetime(State(control): Here, body: Bytes) -> Done {
    let Lifetime { seconds } = parsed(&body)?;
    control.shared.issuer.set_lifetime(Duration::from_secs(seconds));
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiKeys {
    keys: Vec<String>,
}

async fn set_api_keys(State(control): Here, body: Bytes) -> Done {
    let ApiKeys { keys } = parsed(&body)?;
    control.shared.set_api_keys(keys);
    done()
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Revoke {
    All(bool),
    Token(String),
}

async fn revoke(State(control): Here, body: Bytes) -> Answered {
    let revoked = match parsed(&body)? {
        Revoke::All(all) => {
            if all {
                control.shared.revoke_all();
            }
            all
        }
        Revoke::Token(token) => control.shared.revoke(&token),
    };
    Ok(Json(json!({ "revoked": revoked })))
}

async fn approve(State(control): Here) -> Json<Value> {
    Json(json!({ "approved": control.shared.systems.ivcap.approve() }))
}

impl Control {
    /// The gate of a name, closed if it is new.
    fn gate(&self, name: String) -> Gate {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default().clone()
    }
}
