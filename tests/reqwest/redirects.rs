//! reqwest follows redirects below the middleware: what becomes of the token there.

use auth_core::{Authenticator, Outcome};
use auth_emulator::{Answer, ClosedPort, Emulator, Fault, Origin, StatusCode};
use auth_reqwest::same_origin_redirects;
use http::header::{AUTHORIZATION, LOCATION};
use http::{HeaderName, HeaderValue};
use reqwest::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::fixture::{API_KEY, handed, over, plain};

const REDIRECTS: [StatusCode; 5] = [
    StatusCode::MOVED_PERMANENTLY,
    StatusCode::FOUND,
    StatusCode::SEE_OTHER,
    StatusCode::TEMPORARY_REDIRECT,
    StatusCode::PERMANENT_REDIRECT,
];

async fn emulator() -> Emulator {
    Emulator::builder().with_token_header(API_KEY).start().await.unwrap()
}

fn auth(emulator: &Emulator, header: &HeaderName) -> Authenticator {
    handed(emulator, header).build().unwrap()
}

fn to(location: &str) -> Answer {
    Answer::new(StatusCode::FOUND).with_header(LOCATION, HeaderValue::from_str(location).unwrap())
}

#[tokio::test]
async fn within_the_origin_it_is_followed_with_the_token() {
    for header in [AUTHORIZATION, API_KEY] {
        for status in REDIRECTS {
            let emulator = emulator().await;
            let client = over(plain(), &auth(&emulator, &header));
            emulator.api_faults().once(Fault::Redirect { status, to: Origin::Main });
            let response = client.get(format!("{}/items", emulator.api_url())).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{header} {status}");
            let requests = emulator.api_requests();
            assert_eq!(requests.len(), 2);
            assert!(requests[1].header(header.as_str()).is_some() && requests[1].header("referer").is_none());
        }
    }
}

#[tokio::test]
async fn to_another_port_the_3xx_comes_back_and_nobody_there_is_asked() {
    for header in [AUTHORIZATION, API_KEY] {
        for status in REDIRECTS {
            let emulator = emulator().await;
            let client = over(plain(), &auth(&emulator, &header));
            emulator.api_faults().once(Fault::Redirect { status, to: Origin::Other });
            let response = client.post(format!("{}/items", emulator.api_url())).body("a body").send().await.unwrap();
            assert_eq!(response.status(), status, "{header}");
            assert!(response.headers()[LOCATION].to_str().unwrap().starts_with(emulator.other_origin()));
            assert!(response.extensions().get::<Outcome>().is_none());
            assert!(emulator.other_requests().is_empty());
        }
    }
}

#[tokio::test]
async fn to_another_host_or_scheme_the_3xx_comes_back_and_nobody_there_is_asked() {
    for header in [AUTHORIZATION, API_KEY] {
        let emulator = emulator().await;
        let client = over(plain(), &auth(&emulator, &header));
        let port = emulator.url().rsplit(':').next().unwrap().to_owned();
        // Whoever goes there gets an error, and no 3xx.
        let closed = ClosedPort::new().unwrap();
        let nobody = closed.address();
        for location in [
            // The same machine and port under another name.
            format!("http://localhost:{port}/api/items"),
            format!("http://127.0.0.2:{port}/api/items"),
            // A client without TLS would say that it can't.
            format!("https://127.0.0.1:{port}/api/items"),
            format!("http://{nobody}/api/items"),
            format!("//{nobody}/api/items"),
            format!("http://user:password@{nobody}/api/items"),
        ] {
            emulator.api_faults().once(to(&location));
            let response = client.get(format!("{}/items", emulator.api_url())).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::FOUND, "{location}");
        }
        assert_eq!(emulator.api_request_count(), 6, "none of them came back under another name");
    }
}

#[tokio::test]
async fn a_chain_that_leaves_the_origin_is_followed_as_far_as_that() {
    let emulator = emulator().await;
    let client = over(plain(), &auth(&emulator, &API_KEY));
    for to in [Origin::Main, Origin::Main, Origin::Other] {
        emulator.api_faults().once(Fault::Redirect { status: StatusCode::FOUND, to });
    }
    let response = client.get(format!("{}/items", emulator.api_url())).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!((emulator.api_request_count(), emulator.other_requests().len()), (3, 0));
}

#[tokio::test]
async fn a_chain_without_an_end_is_an_error_after_ten_redirects() {
    let emulator = emulator().await;
    let client = over(plain(), &auth(&emulator, &AUTHORIZATION));
    emulator.api_faults().always(Fault::Redirect { status: StatusCode::FOUND, to: Origin::Main });
    let error = client.get(format!("{}/items", emulator.api_url())).send().await.unwrap_err();
    assert!(error.is_redirect(), "{error:?}");
    assert_eq!(emulator.api_request_count(), 11);
}

#[tokio::test]
async fn the_policy_alone_makes_any_client_stop() {
    let emulator = emulator().await;
    let client = Client::builder().no_proxy().redirect(same_origin_redirects()).build().unwrap();
    let client = over(client, &auth(&emulator, &API_KEY));
    emulator.api_faults().once(Fault::Redirect { status: StatusCode::FOUND, to: Origin::Other });
    let response = client.get(format!("{}/items", emulator.api_url())).send().await.unwrap();
    assert_eq!((response.status(), emulator.other_requests().len()), (StatusCode::FOUND, 0));
}

#[tokio::test]
async fn a_401_behind_a_redirect_on_the_origin_is_about_the_token() {
    let emulator = emulator().await;
    let auth = auth(&emulator, &AUTHORIZATION);
    let client = over(plain(), &auth);
    emulator.revoke_all();
    emulator.api_faults().once(Fault::Redirect { status: StatusCode::FOUND, to: Origin::Main });
    let response = client.get(format!("{}/items", emulator.api_url())).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(response.extensions().get::<Outcome>().unwrap().is_rejected(), "a static token has no successor");
    assert!(auth.status().is_suspect());
}

/// Not what we recommend: what a client does that was built with reqwest's own policy.
#[tokio::test]
async fn a_client_built_elsewhere_keeps_the_bearer_token_back_but_gives_strangers_an_api_key() {
    for (header, carried) in [(AUTHORIZATION, false), (API_KEY, true)] {
        let emulator = emulator().await;
        let auth = auth(&emulator, &header);
        let client = over(Client::builder().no_proxy().build().unwrap(), &auth);
        emulator.api_faults().once(Fault::Redirect { status: StatusCode::FOUND, to: Origin::Other });
        let response = client.get(format!("{}/items", emulator.api_url())).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let strays = emulator.other_requests();
        assert_eq!((strays.len(), strays[0].header(header.as_str()).is_some()), (1, carried), "{header}");
        assert!(!auth.status().is_suspect());
    }
}

/// Answers 401 to one request, as a stranger does.
async fn stranger() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        let answer = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
    });
    format!("http://{address}/")
}

#[tokio::test]
async fn a_strangers_401_behind_a_client_built_elsewhere_is_not_taken_for_a_rejection() {
    let emulator = emulator().await;
    let auth = auth(&emulator, &AUTHORIZATION);
    let client = over(Client::builder().no_proxy().build().unwrap(), &auth);
    emulator.api_faults().once(to(&stranger().await));
    let response = client.get(format!("{}/items", emulator.api_url())).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(response.extensions().get::<Outcome>().is_none());
    assert!(!auth.status().is_suspect());
    assert_eq!(emulator.api_request_count(), 1);
}
