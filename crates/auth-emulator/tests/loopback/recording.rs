use auth_emulator::{Emulator, Origin, StatusCode};
use http::Method;

use crate::client::{call, fetch, send};

#[tokio::test]
async fn everything_is_there_in_order_and_as_it_was_sent() {
    let emulator = Emulator::start().await.unwrap();
    let token = fetch(&emulator).await.access_token();
    call(&emulator, "/v1/things?page=2", &token).await;
    send(Method::DELETE, &format!("{}/far/away", emulator.other_origin()), &[("x-a", "1")], "body").await.unwrap();
    send(Method::GET, &format!("{}/nowhere", emulator.url()), &[], "").await.unwrap();
    call(&emulator, "/v1/things", "bad").await;

    let seen: Vec<_> = emulator
        .requests()
        .iter()
        .map(|request| {
            let status = request.status().unwrap().as_u16();
            (request.index(), request.origin(), request.method().to_string(), request.path().to_owned(), status)
        })
        .collect();
    let expected = [
        (0, Origin::Main, "POST", "/identity/token", 200),
        (1, Origin::Main, "GET", "/api/v1/things", 200),
        (2, Origin::Other, "DELETE", "/far/away", 200),
        (3, Origin::Main, "GET", "/nowhere", 404),
        (4, Origin::Main, "GET", "/api/v1/things", 401),
    ]
    .map(|(index, origin, method, path, status)| (index, origin, method.to_owned(), path.to_owned(), status));
    assert_eq!(seen, expected);

    let fetched = &emulator.token_requests()[0];
    assert!(fetched.form().contains(&("apikey".to_owned(), Emulator::API_KEY.to_owned())));
    assert_eq!(fetched.header("accept"), Some("application/json"));
    let called = &emulator.api_requests()[0];
    assert_eq!(called.query(), Some("page=2"));
    assert_eq!(called.headers()["authorization"], format!("Bearer {token}"));
    assert_eq!(emulator.other_requests()[0].body(), "body");
    assert_eq!((emulator.token_request_count(), emulator.api_request_count()), (1, 2));
}

#[tokio::test]
async fn clearing_starts_over_but_for_the_indices() {
    let emulator = Emulator::start().await.unwrap();
    fetch(&emulator).await;
    emulator.clear();
    assert!(emulator.requests().is_empty());
    fetch(&emulator).await;
    emulator.wait_for_token_requests(1).await;
    assert_eq!(emulator.requests()[0].index(), 1);
}

#[tokio::test]
async fn a_wait_ends_with_the_last_of_its_requests() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_token();
    let calls = async {
        for _ in 0..3 {
            assert_eq!(call(&emulator, "/a", &token).await.status, StatusCode::OK);
        }
    };
    let (count, ()) = tokio::join!(
        async {
            emulator.wait_for_api_requests(2).await;
            emulator.api_request_count()
        },
        calls
    );
    assert!(count >= 2);
    assert_eq!(emulator.api_request_count(), 3);
}

#[tokio::test]
async fn a_secret_is_found_wherever_it_is() {
    let emulator = Emulator::start().await.unwrap();
    let at = |path: &str| format!("{}{path}", emulator.other_origin());
    let secret = "se/cr+et";
    for (url, headers, body) in [
        (at("/se/cr+et"), vec![], ""),
        (at("/?q=se%2Fcr%2Bet"), vec![], ""),
        (at("/"), vec![("cookie", "a=se/cr+et")], ""),
        (at("/"), vec![], "xxse/cr+etxx"),
        (at("/"), vec![], "a=se%2Fcr%2Bet"),
    ] {
        send(Method::POST, &url, &headers, body).await.unwrap();
    }
    send(Method::POST, &at("/"), &[], "harmless").await.unwrap();
    let found: Vec<_> = emulator.other_requests().iter().map(|request| request.carries(secret)).collect();
    assert_eq!(found, [true, true, true, true, true, false]);
}
