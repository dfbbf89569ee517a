//! Tenants behind one client, each with an authenticator of its own: nobody gets another's token, while all of them are replaced.

use std::sync::Arc;
use std::time::{Duration, Instant};

use auth_core::{Authenticator, RequestAuth};
use futures_util::future::join_all;
use http::Request;

use crate::front::Front;
use crate::issuer::{Issuer, needed};
use crate::ledger::Ledger;
use crate::rig::{Load, Replay};
use crate::server::Server;

/// Requests of each, one after the other.
const EACH: usize = 20;

const LIFE: Duration = Duration::from_secs(2);

pub(crate) async fn run<F: Front>(tenants: usize) -> Ledger {
    let issuer = Issuer::of_tokens_for(LIFE);
    let server = Server::start(issuer.clone()).await;
    let of = |tenant| Authenticator::builder(issuer.source(tenant)).for_origins([server.url()]).build().unwrap();
    // The client's own is one that nobody is to get.
    let client = F::client(of(tenants), Replay::Bodies);
    let url: Arc<str> = format!("{}/items", server.url()).into();
    let callers = (0..tenants).map(|tenant| {
        let (client, auth, url) = (client.clone(), of(tenant), Arc::clone(&url));
        tokio::spawn(async move {
            let (mut own, mut anothers, begun) = (0, 0, Instant::now());
            for _ in 0..EACH {
                let mut request = Request::get(&*url).body(Load::default()).unwrap();
                request.extensions_mut().insert(RequestAuth::using(auth.clone()));
                let Ok(answer) = client.send(request).await else { continue };
                let whose = answer.status().is_success().then(|| String::from_utf8_lossy(answer.body()).into_owned());
                own += usize::from(whose.as_deref() == Some(&*tenant.to_string()));
                anothers += usize::from(whose.is_some_and(|whose| whose != tenant.to_string()));
                // So that the tokens of some end on the way.
                tokio::time::sleep(Duration::from_millis((tenant % 200) as u64)).await;
            }
            (own, anothers, needed(LIFE, begun.elapsed()))
        })
    });
    let (mut own, mut anothers, mut fewest, mut most) = (0, 0, 0, 0);
    for counts in join_all(callers).await {
        let (more_own, more_anothers, needed) = counts.unwrap();
        own += more_own;
        anothers += more_anothers;
        fewest += needed.0;
        most += needed.1;
    }
    let all = tenants * EACH;
    println!(
        "tenants, {}: {tenants} behind one client, {all} requests: {own} with the tenant's own token, {anothers} with another's; \
         {} tokens, at least {fewest} needed",
        F::NAME,
        issuer.count()
    );
    let mut ledger =
        Ledger { extra: issuer.count().saturating_sub(fewest), extra_bound: most - fewest, ..Ledger::default() };
    if anothers > 0 {
        ledger.let_in.push(format!("{}: {anothers} requests with another tenant's token", F::NAME));
    }
    if own + anothers != all {
        ledger.lost.push(format!("{}: {} requests of tenants were not served", F::NAME, all - own - anothers));
    }
    ledger
}
