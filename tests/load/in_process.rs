//! Requests that never leave the process, through the Tower layer, while tokens live for a second.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use auth_core::Authenticator;
use auth_tower::AuthLayer;
use http::{Request, Response, StatusCode, header};
use tower::{Layer, ServiceExt, service_fn};

use crate::issuer::{Issuer, needed};
use crate::ledger::Ledger;
use crate::rig::Load;

const AT_ONCE: usize = 256;

/// What the API takes for one.
const EACH: Duration = Duration::from_millis(5);

pub(crate) async fn run(requests: usize) -> Ledger {
    let issuer = Issuer::of_tokens_for(Duration::from_secs(1));
    let auth = Authenticator::builder(issuer.source(0)).for_origins(["https://api.example.com"]).build().unwrap();
    let api = issuer.clone();
    let service = AuthLayer::new(auth).layer(service_fn(move |request: Request<Load>| {
        let api = api.clone();
        async move {
            tokio::time::sleep(EACH).await;
            let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            let mut response = Response::new(());
            if api.owner(sent).is_none() {
                *response.status_mut() = StatusCode::UNAUTHORIZED;
            }
            Ok::<_, Infallible>(response)
        }
    }));
    let (left, served) = (Arc::new(AtomicUsize::new(requests)), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let callers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (service, left, served) = (service.clone(), Arc::clone(&left), Arc::clone(&served));
            tokio::spawn(async move {
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    let request = Request::get("https://api.example.com/items").body(Load::default()).unwrap();
                    let response = service.clone().oneshot(request).await;
                    served.fetch_add(
                        usize::from(response.is_ok_and(|found| found.status().is_success())),
                        Ordering::Relaxed,
                    );
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    let took = begun.elapsed();
    let (fewest, most) = needed(issuer.life(), took);
    let served = served.load(Ordering::Relaxed);
    println!(
        "in process, tower: {requests} requests, {AT_ONCE} at once, {:.1} s: {served} served; {} tokens of 1 s, at least {fewest} needed",
        took.as_secs_f64(),
        issuer.count()
    );
    let lost = (served != requests).then(|| format!("in process: {} requests were not served", requests - served));
    Ledger {
        lost: lost.into_iter().collect(),
        extra: issuer.count().saturating_sub(fewest),
        extra_bound: most - fewest,
        ..Ledger::default()
    }
}
