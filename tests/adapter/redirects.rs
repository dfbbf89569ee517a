//! Redirects, followed outside the adapter or below it.

use std::future::ready;
use std::sync::{Arc, Mutex};

use auth_core::adapter::{Sent, Without};
use auth_core::sources::StaticToken;
use auth_core::{Authenticator, Outcome};
use bytes::Bytes;
use http::header::{AUTHORIZATION, LOCATION};
use http::{HeaderName, Method, Request, Response};

use crate::rig::{Adapter, Counting, ORIGIN, Redirects, Replay, Setup, get, over_all};

over_all!(
    followed_outside_the_header_stays_on_its_origin_whatever_its_name,
    followed_below_within_the_origin_no_other_origin_is_asked,
    a_401_from_another_origin_below_does_not_cost_the_token,
    a_401_from_the_own_origin_below_does_and_the_request_begins_anew,
    a_post_that_was_redirected_below_is_not_sent_again,
    a_redirect_that_is_returned_is_no_rejection_and_keeps_its_location,
);

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

const ON_THE_ORIGIN: [&str; 3] = ["/other", "https://api.example.com/other", "https://API.example.com:443/other"];

const ELSEWHERE: [&str; 7] = [
    "https://api.example.com:8443/items",
    "http://api.example.com/items",
    "http://api.example.com:443/items",
    "https://example.com/items",
    "https://api.example.com.evil.example/items",
    "https://api.example.com@evil.example/items",
    "//evil.example/items",
];

/// Sends one request that is answered 302 with this location; returns the last status, and whether each of the requests
/// that were made carried `header`.
async fn hops<A: Adapter>(redirects: Redirects, header: &HeaderName, location: &'static str) -> (u16, Vec<bool>) {
    let carried = Arc::<Mutex<Vec<bool>>>::default();
    let (seen, name) = (Arc::clone(&carried), header.clone());
    let server = move |request: Request<Bytes>| {
        let mut seen = seen.lock().unwrap();
        seen.push(request.headers().contains_key(&name));
        let response = Response::builder().status(if seen.len() == 1 { 302 } else { 200 }).header(LOCATION, location);
        ready(response.body(Bytes::new()).unwrap())
    };
    let source = StaticToken::new("key").unwrap();
    let source = if *header == AUTHORIZATION { source } else { source.in_header(header.clone()) };
    let auth = Authenticator::builder(source).for_origins([ORIGIN]).build().unwrap();
    let setup = Setup { auth, replay: Replay::AsMade, redirects, server: Arc::new(server) };
    let response = A::in_process(setup).send(get("https://api.example.com/items")).await.unwrap();
    let carried = carried.lock().unwrap().clone();
    (response.status().as_u16(), carried)
}

async fn followed_outside_the_header_stays_on_its_origin_whatever_its_name<A: Adapter>() {
    for header in [AUTHORIZATION, API_KEY] {
        for location in ON_THE_ORIGIN {
            let (status, carried) = hops::<A>(Redirects::Outside, &header, location).await;
            assert_eq!((status, &carried[..]), (200, &[true, true][..]), "{header} to {location}");
        }
        for location in ELSEWHERE {
            let (status, carried) = hops::<A>(Redirects::Outside, &header, location).await;
            assert_eq!((status, &carried[..]), (200, &[true, false][..]), "{header} to {location}");
        }
    }
}

async fn followed_below_within_the_origin_no_other_origin_is_asked<A: Adapter>() {
    for header in [AUTHORIZATION, API_KEY] {
        for location in ON_THE_ORIGIN {
            let (status, carried) = hops::<A>(Redirects::BelowWithinOrigin, &header, location).await;
            assert_eq!((status, &carried[..]), (200, &[true, true][..]), "{header} to {location}");
        }
        for location in ELSEWHERE {
            let (status, carried) = hops::<A>(Redirects::BelowWithinOrigin, &header, location).await;
            assert_eq!((status, &carried[..]), (302, &[true][..]), "{header} to {location}");
        }
    }
}

/// One request, redirected from `/here` to this place, which answers 401 unless the token is the second.
async fn answered_401_at<A: Adapter>(
    location: &'static str,
    method: Method,
) -> (Authenticator, Counting, Response<Bytes>, Vec<String>) {
    let (source, asked) = (Counting::default(), Arc::<Mutex<Vec<String>>>::default());
    let auth = source.auth();
    let log = Arc::clone(&asked);
    let server = move |request: Request<Bytes>| {
        log.lock().unwrap().push(request.uri().to_string());
        let new = request.headers().get(AUTHORIZATION).is_some_and(|value| value == "Bearer token-2");
        let response = match request.uri().path() {
            "/here" => Response::builder().status(302).header(LOCATION, location),
            _ => Response::builder().status(if new { 200 } else { 401 }),
        };
        ready(response.body(Bytes::new()).unwrap())
    };
    let server = Arc::new(server);
    let setup = Setup { auth: auth.clone(), replay: Replay::AsMade, redirects: Redirects::Below, server };
    let mut request = get("https://api.example.com/here");
    *request.method_mut() = method;
    let response = A::in_process(setup).send(request).await.unwrap();
    let asked = asked.lock().unwrap().clone();
    (auth, source, response, asked)
}

async fn a_401_from_another_origin_below_does_not_cost_the_token<A: Adapter>() {
    for location in ["https://elsewhere.example.com/", "https://api.example.com:8443/", "http://api.example.com/"] {
        let (auth, source, response, asked) = answered_401_at::<A>(location, Method::GET).await;
        assert_eq!((response.status().as_u16(), source.fetches()), (401, 1), "{location}");
        assert!(response.extensions().get::<Outcome>().is_none() && !auth.status().is_suspect());
        assert_eq!(asked, ["https://api.example.com/here", location]);
    }
}

async fn a_401_from_the_own_origin_below_does_and_the_request_begins_anew<A: Adapter>() {
    let (_, source, response, asked) = answered_401_at::<A>("/there", Method::GET).await;
    assert_eq!((response.status().as_u16(), source.fetches()), (200, 2));
    assert!(response.extensions().get::<Outcome>().unwrap().is_replayed());
    let hops = ["https://api.example.com/here", "https://api.example.com/there"];
    assert_eq!(asked, [hops, hops].concat());
}

/// Its first hop may have been applied.
async fn a_post_that_was_redirected_below_is_not_sent_again<A: Adapter>() {
    let (_, source, response, asked) = answered_401_at::<A>("/there", Method::POST).await;
    assert_eq!((response.status().as_u16(), source.fetches()), (401, 2));
    let outcome = response.extensions().get::<Outcome>().unwrap();
    assert!(outcome.is_rejected() && !outcome.is_replayed());
    assert_eq!(asked, ["https://api.example.com/here", "https://api.example.com/there"]);
}

async fn a_redirect_that_is_returned_is_no_rejection_and_keeps_its_location<A: Adapter>() {
    let server = |request: Request<Bytes>| {
        let elsewhere = request.uri().host() == Some("elsewhere.example.com");
        let response = Response::builder().status(if elsewhere { 200 } else { 307 });
        ready(response.header(LOCATION, "https://elsewhere.example.com/").body(Bytes::new()).unwrap())
    };
    let (auth, server) = (Counting::default().auth(), Arc::new(server));
    let setup = Setup { auth, replay: Replay::AsMade, redirects: Redirects::Returned, server };
    let client = A::in_process(setup);
    let response = client.send(get(ORIGIN)).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()[LOCATION]),
        (307, &"https://elsewhere.example.com/".parse::<http::HeaderValue>().unwrap())
    );
    assert!(response.extensions().get::<Outcome>().is_none());
    // Whoever follows by hand gets no token there.
    let response = client.send(get("https://elsewhere.example.com/")).await.unwrap();
    assert_eq!(response.extensions().get::<Outcome>().unwrap().sent(), Sent::Without(Without::OtherOrigin));
}
