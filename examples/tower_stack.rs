//! Where the layer goes: the time limit and redirects outside, `AuthLayer`, then what belongs to one sending. A redirect
//! to another origin takes no token along, and a revoked token costs one more sending; each response's `Outcome` says so.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;
use std::time::Duration;

use auth_emulator::{Emulator, Fault, Origin, StatusCode};
use auth_tower::core::{Authenticator, Outcome, exchange::TokenEndpoint, sources::ApiKey};
use auth_tower::{AuthLayer, HyperTransport};
use bytes::Bytes;
use http::{Request, header::AUTHORIZATION};
use http_body_util::Full;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tower::{Service, ServiceBuilder, ServiceExt};
use tower_http::follow_redirect::FollowRedirectLayer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::start().await?;
    let key = ApiKey::new(TokenEndpoint::parse(&emulator.token_url())?, Emulator::API_KEY)?;
    let auth = Authenticator::builder(key).for_origins([emulator.url()]).transport(HyperTransport::new()).build()?;

    let mut client = ServiceBuilder::new()
        .timeout(Duration::from_secs(30)) // the whole call: hops, waiting for a token, a replay
        .layer(FollowRedirectLayer::new()) // every hop passes through the layer below
        .layer(AuthLayer::new(auth))
        .map_request(log) // sees each sending, with its header
        .service(Client::builder(TokioExecutor::new()).build_http());
    let items = format!("{}/items", emulator.api_url());
    let get = || Request::get(&items).body(Full::<Bytes>::default());

    println!("a usual request: no outcome to speak of");
    let response = client.ready().await?.call(get()?).await?;
    assert!(response.status().is_success() && response.extensions().get::<Outcome>().is_none());

    println!("a redirect to another origin");
    emulator.api_faults().once(Fault::Redirect { status: StatusCode::FOUND, to: Origin::Other });
    let response = client.ready().await?.call(get()?).await?;
    let outcome = response.extensions().get::<Outcome>().ok_or("an outcome was expected")?;
    println!("  outcome: {:?}", outcome.sent());
    assert!(emulator.other_requests().iter().all(|request| request.header("authorization").is_none()));

    println!("a revoked token");
    emulator.revoke_all();
    let response = client.ready().await?.call(get()?).await?;
    let outcome = response.extensions().get::<Outcome>().ok_or("an outcome was expected")?;
    println!("  outcome: {:?}, replayed: {}", outcome.sent(), outcome.is_replayed());
    assert!(response.status().is_success() && outcome.is_replayed());
    assert_eq!((emulator.api_request_count(), emulator.token_request_count()), (4, 2));
    Ok(())
}

fn log(request: Request<Full<Bytes>>) -> Request<Full<Bytes>> {
    let with = if request.headers().contains_key(AUTHORIZATION) { "with a token" } else { "without a token" };
    println!("  sent {} {} {with}", request.method(), request.uri());
    request
}
