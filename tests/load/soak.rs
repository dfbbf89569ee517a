//! Half an hour of everyday life over each front end: tokens of ten seconds, a revocation and an outage now and then. Memory, tasks and
//! descriptors do not grow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use auth_core::Authenticator;
use auth_core::exchange::ClientAuth;
use auth_core::exchange::TokenEndpoint;
use auth_core::sources::ClientCredentials;

use crate::front::{Core, Front};
use crate::issuer::{Issuer, needed};
use crate::ledger::Ledger;
use crate::listening;
use crate::process::Held;
use crate::rig::{Client, Replay, Reqwest, Tower, get};
use crate::server::Server;

/// Callers of each front end.
const CALLERS: usize = 8;

/// A newer one is there two and a half seconds before the end, so that a machine that has more to do may hold up a request.
const LIFE: Duration = Duration::from_secs(10);

/// Between two requests of one.
const PAUSE: Duration = Duration::from_millis(5);

/// Between two looks at the process.
const LOOK: Duration = Duration::from_secs(5);

/// Between a revocation of all tokens and an outage of the issuer, and the other way round.
const TROUBLE: Duration = Duration::from_secs(10);

/// Shorter than what is left of a token when its early refresh is due.
const OUTAGE: Duration = Duration::from_millis(300);

/// The most by which resident memory may grow, in KiB a minute.
const SLOPE: f64 = 16.0;

pub(crate) async fn run(minutes: u64) -> Ledger {
    let issuer = Issuer::of_tokens_for(LIFE);
    let server = Server::start(issuer.clone()).await;
    let (sent, served) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let is_over = Arc::new(AtomicBool::new(false));
    let clients = [client::<Core>(&server), client::<Tower>(&server), client::<Reqwest>(&server)];
    let url = format!("{}/items", server.url());
    let callers: Vec<_> = (0..CALLERS)
        .flat_map(|_| &clients)
        .map(|client| {
            let (client, url, is_over) = (client.clone(), url.clone(), Arc::clone(&is_over));
            let (sent, served) = (Arc::clone(&sent), Arc::clone(&served));
            tokio::spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    sent.fetch_add(1, Ordering::Relaxed);
                    let answer = client.send(get(&url)).await;
                    served.fetch_add(
                        usize::from(answer.is_ok_and(|answer| answer.status().is_success())),
                        Ordering::Relaxed,
                    );
                    tokio::time::sleep(PAUSE).await;
                }
            })
        })
        .collect();
    let troubled = tokio::spawn(trouble(issuer.clone(), Arc::clone(&is_over)));
    let begun = Instant::now();
    let whole = Duration::from_secs(60 * minutes);
    let (mut looks, mut ledger) = (Vec::new(), Ledger::default());
    while begun.elapsed() < whole {
        tokio::time::sleep(LOOK.min(whole)).await;
        ledger.leaked.extend(listening::leaks(["a secret of this run"]));
        looks.push((begun.elapsed().as_secs_f64() / 60.0, Held::now()));
    }
    let took = begun.elapsed();
    is_over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    let revocations = troubled.await.unwrap();
    let (fewest, most) = needed(issuer.life(), took);
    ledger.extra = issuer.count().saturating_sub(clients.len() * fewest);
    ledger.extra_bound = clients.len() * (most + revocations - fewest);
    println!(
        "soak: {revocations} revocations of all tokens, and as many outages of {OUTAGE:?}; at least {} tokens needed",
        clients.len() * fewest
    );
    ledger.add(report(&looks, &sent, &served, &issuer));
    ledger
}

/// How often all tokens were revoked, until it is over.
async fn trouble(issuer: Issuer, is_over: Arc<AtomicBool>) -> usize {
    let mut revocations = 0;
    while !is_over.load(Ordering::Relaxed) {
        tokio::time::sleep(TROUBLE).await;
        issuer.revoke_all();
        revocations += 1;
        tokio::time::sleep(TROUBLE).await;
        issuer.set_down(true);
        tokio::time::sleep(OUTAGE).await;
        issuer.set_down(false);
    }
    revocations
}

fn client<F: Front>(server: &Server) -> Client {
    let endpoint = TokenEndpoint::parse(&format!("{}/token", server.url())).unwrap();
    let source = ClientCredentials::new(endpoint, ClientAuth::basic("soak", "a secret of this run"));
    let auth = Authenticator::builder(source).for_origins([server.url()]).transport(F::transport()).build().unwrap();
    F::client(auth, Replay::Bodies)
}

fn report(looks: &[(f64, Held)], sent: &AtomicUsize, served: &AtomicUsize, issuer: &Issuer) -> Ledger {
    let (sent, served) = (sent.load(Ordering::Relaxed), served.load(Ordering::Relaxed));
    // The first third is for whatever is made once.
    let steady = &looks[looks.len() / 3..];
    let slope = slope(steady.iter().map(|(minute, held)| (*minute, held.resident as f64)));
    let (Some((_, first)), Some((minutes, last))) = (steady.first(), steady.last()) else {
        return Ledger { lost: vec!["a soak of no time shows nothing".to_owned()], ..Ledger::default() };
    };
    println!(
        "soak: {minutes:.1} min, {sent} requests over three front ends, {served} served, {} tokens\n\
         resident {} -> {} KiB, {slope:+.1} KiB a minute (at most {SLOPE}); descriptors {} -> {}; tasks {} -> {}",
        issuer.count(),
        first.resident,
        last.resident,
        first.descriptors,
        last.descriptors,
        first.tasks,
        last.tasks
    );
    let mut ledger = Ledger::default();
    if sent != served {
        ledger.lost.push(format!("soak: {} requests were not served", sent - served));
    }
    if slope > SLOPE {
        ledger.lost.push("soak: memory grows".to_owned());
    }
    if last.descriptors > first.descriptors + CALLERS || last.tasks > first.tasks + CALLERS {
        ledger.lost.push("soak: descriptors or tasks grow".to_owned());
    }
    ledger
}

/// By least squares.
fn slope(points: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let count = points.clone().count() as f64;
    let (x, y) = points.clone().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (over, under) = points
        .fold((0.0, 0.0), |(over, under), point| (over + (point.0 - x) * (point.1 - y), under + (point.0 - x).powi(2)));
    if under > 0.0 { over / under } else { 0.0 }
}
