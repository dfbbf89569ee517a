//! Every request is authenticated, through expiry; a caller's own credential does not pass; without a token nothing is sent.

use std::time::Duration;

use auth_emulator::{Answer, Emulator};
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Empty};

use super::rig::{Proxy, send, send_with};
use super::upstream::{Upstream, whole};
use crate::rig::{User, exchanging};

#[tokio::test]
async fn a_request_gets_there_with_the_credential_and_comes_back() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    let answer = proxy.get("/things/1?a=b").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["path"], "/api/things/1");
    let answer = send_with(proxy.request("POST", "/echo").header("content-type", "text/x"), "a body").await;
    assert_eq!((answer.headers["content-type"].to_str().unwrap(), &answer.body[..]), ("text/x", &b"a body"[..]));
    assert_eq!(emulator.token_request_count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_clients_see_no_401_while_tokens_are_replaced() {
    const CLIENTS: usize = 1000;
    const REPLACED: u64 = 1;
    let emulator = Emulator::builder().with_token_lifetime(Duration::from_secs(8)).start().await.unwrap();
    // The emulator verifies tokens with RSA and records all it sees, which is slow; this looks at the header alone.
    let verifier = std::sync::Arc::new(emulator);
    let judge = std::sync::Arc::clone(&verifier);
    let known = std::sync::Arc::new(std::sync::Mutex::new(std::collections::HashMap::<String, u64>::new()));
    let upstream = Upstream::start(move |request| {
        let token = request.headers()["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
        // Its end, by a signature that is verified once; from then on by the clock.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let end = *known
            .lock()
            .unwrap()
            .entry(token)
            .or_insert_with_key(|token| judge.verify(token).map_or(0, |claims| claims.expires_at().as_secs()));
        let status = if now < end { 200 } else { 401 };
        async move { Response::builder().status(status).body(whole("")).unwrap() }
    })
    .await;
    let proxy = Proxy::to(upstream.address, &verifier, "").await;
    let (url, secret) = (proxy.url.clone(), proxy.secret.clone());
    let (all_seen, seen) = tokio::sync::watch::channel(false);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (url, secret, seen) = (format!("{url}/x"), secret.clone(), seen.clone());
            tokio::spawn(async move {
                // A connection of its own each.
                let client =
                    hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new()).build_http();
                let mut sent = 0;
                while !*seen.borrow() {
                    let request = http::Request::get(&url).header("x-authctl-secret", &secret);
                    let answer = client.request(request.body(Empty::<bytes::Bytes>::new()).unwrap()).await.unwrap();
                    assert_eq!(answer.status(), StatusCode::OK);
                    answer.into_body().collect().await.unwrap();
                    sent += 1;
                }
                sent
            })
        })
        .collect();
    verifier.wait_for_token_requests(1 + usize::try_from(REPLACED).unwrap()).await;
    // Until the last of them is in use.
    while proxy.metric("authctl_token_generation").await < (1 + REPLACED) as f64 {}
    all_seen.send_replace(true);
    let mut sent = 0;
    for client in clients {
        let own = client.await.unwrap();
        assert!(own > 0);
        sent += own;
    }
    let fetched = verifier.token_request_count() as u64;
    // A refresh for each token that came to its end, and not one for each client.
    assert!((1 + REPLACED..=3 + REPLACED).contains(&fetched), "{fetched} tokens for {sent} requests");
    assert_eq!(proxy.metric("authctl_token_rejections_total").await, 0.0);
    assert_eq!(proxy.metric("authctl_token_acquired_total").await, fetched as f64);
}

#[tokio::test]
async fn after_a_401_a_request_without_a_body_is_sent_again_with_a_newer_token() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    assert_eq!(proxy.get("/x").await.status, 200);
    emulator.revoke_all();
    assert_eq!(proxy.get("/x").await.status, 200);
    assert_eq!((emulator.token_request_count(), emulator.api_request_count()), (2, 3));
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    emulator.revoke_all();
    // A body passes once. Its 401 is handed on, and a newer token is fetched for those that follow.
    assert_eq!(send_with(proxy.request("POST", "/x"), "a body").await.status, 401);
    while proxy.metric("authctl_token_generation").await < 2.0 {}
    assert_eq!(send_with(proxy.request("POST", "/x"), "a body").await.status, 200);
    assert_eq!((emulator.token_request_count(), emulator.api_request_count()), (2, 2));
}

#[tokio::test]
async fn a_callers_own_credential_does_not_pass_unless_it_is_told_to() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut seen) = Upstream::recording(|_| Response::builder()).await;
    let own = |proxy: &Proxy| proxy.request("GET", "/x").header("authorization", "Bearer callers-own");
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    send(own(&proxy)).await;
    let sent = seen.recv().await.unwrap().headers["authorization"].to_str().unwrap().to_owned();
    emulator.verify(sent.strip_prefix("Bearer ").unwrap()).unwrap();
    let proxy = Proxy::to(upstream.address, &emulator, "--keep-authorization").await;
    send(own(&proxy)).await;
    assert_eq!(seen.recv().await.unwrap().headers["authorization"], "Bearer callers-own");
    send(proxy.request("GET", "/x")).await;
    assert_ne!(seen.recv().await.unwrap().headers["authorization"], "Bearer callers-own");
}

#[tokio::test]
async fn nor_does_one_in_the_header_that_the_credential_writes() {
    let (upstream, mut seen) = Upstream::recording(|_| Response::builder()).await;
    let config = format!(
        "[profile.default]\ntype = \"token\"\nendpoint = \"http://{}\"\ntoken = \"the-token\"\nheader = \"x-api-key\"\n",
        upstream.address
    );
    let proxy = Proxy::start(User::new().with_config(&config), "").await;
    let request = proxy.request("GET", "/x").header("x-api-key", "callers-own").header("authorization", "Bearer own");
    // Servers that hand headers to programs as variables take it for the same one.
    let request = request.header("x_api_key", "callers-own").header("X-Api_Key", "callers-own");
    assert_eq!(send(request).await.status, 200);
    let headers = seen.recv().await.unwrap().headers;
    assert_eq!(headers.get_all("x-api-key").iter().collect::<Vec<_>>(), ["the-token"]);
    assert!(!headers.contains_key("authorization"));
    assert!(!format!("{headers:?}").contains("callers-own"), "{headers:?}");
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_status_says_whether_waiting_helps() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    let proxy = Proxy::of(&emulator, "--timeout 2s").await;
    let answer = proxy.get("/x").await;
    answer.refused(503, "token_unavailable");
    assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(emulator.api_request_count(), 0);

    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    assert_eq!(proxy.get("/x").await.status, 200);
    emulator.set_api_keys(["another"]);
    emulator.advance(Duration::from_secs(24 * 3600));
    emulator.revoke_all();
    // The 401 of the API is the best answer there is, as long as the old token has not ended by the proxy's clock.
    assert_eq!(proxy.get("/x").await.status, 401);
}

#[tokio::test]
async fn a_credential_that_is_refused_shows_at_the_start() {
    let emulator = Emulator::start().await.unwrap();
    emulator.set_api_keys(["another"]);
    let user = User::new().with_config(&exchanging(&emulator));
    user.run("proxy").await.failed(1, &["BXNIM0415E"]);
    let line = "proxy --upstream http://203.0.113.1";
    user.run(line).await.failed(1, &["plain http"]);
}

#[cfg(unix)]
#[tokio::test]
async fn no_secret_is_written_anywhere_but_to_stdout() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    let secret = proxy.secret.clone();
    assert!(secret.len() >= 43, "256 bits");
    proxy.get("/x?query-canary=1").await;
    emulator.revoke_all();
    proxy.get("/x").await;
    send(http::Request::get(format!("{}/{secret}/x", proxy.url)).header("authorization", "Bearer caller-canary")).await;
    let metrics = String::from_utf8(proxy.admin("/metrics").await.body.to_vec()).unwrap();
    let ready = format!("{:?}", proxy.admin("/readyz").await);
    let (_, stderr) = proxy.end().await;
    assert!(stderr.contains("answered") && stderr.contains("token acquired"), "{stderr}");
    let tokens = emulator.issued_tokens();
    assert_eq!(tokens.len(), 2);
    let secrets = [&secret, "query-canary", "caller-canary", Emulator::API_KEY].map(str::to_owned);
    for secret in secrets.iter().chain(&tokens) {
        for text in [&stderr, &metrics, &ready] {
            assert!(!text.contains(secret.as_str()), "{secret} is in {text}");
        }
    }
}
