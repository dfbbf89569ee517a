//! `authctl broker`, over sockets. The rules themselves are held one by one where they are: in the workspace's suite, over
//! `auth_tower::Broker`; a browser is `just browser`.

use std::process::Stdio;
use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::sources::Remote;
use auth_core::{Access, Endpoint};
use auth_emulator::{Answer, ClosedPort, Emulator, StatusCode};
use auth_reqwest::ReqwestTransport;
use axum::{Router, http::HeaderMap, http::header, response::IntoResponse, routing::get};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Child;

use crate::rig::{Ended, User, exchanging};

const ORIGIN: &str = "https://app.example";
const SECRET: &str = "a-session-secret-of-the-page";
const BY_SECRET: &str = "--allow-origin https://app.example --session-secret-env PAGE_SECRET";

/// One that serves.
struct Broker {
    child: Child,
    url: String,
    client: Client,
}

impl Broker {
    async fn start(user: &User, arguments: &str) -> Self {
        Self::with_stdin(user, arguments, "").await
    }

    async fn with_stdin(user: &User, arguments: &str, stdin: &str) -> Self {
        let line = format!("--timeout 20s -vv broker {arguments}");
        let mut command = user.authctl(line.split_whitespace());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).await.unwrap();
        let url = BufReader::new(child.stdout.take().unwrap()).lines().next_line().await.unwrap();
        let Some(url) = url else { panic!("{:?}", Ended::of(child.wait_with_output().await.unwrap())) };
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { child, url, client }
    }

    /// A page's request.
    fn ask(&self, origin: &str) -> RequestBuilder {
        self.client.get(&self.url).header("origin", origin).header("sec-fetch-mode", "cors")
    }

    fn ask_with_secret(&self) -> RequestBuilder {
        self.ask(ORIGIN).bearer_auth(SECRET)
    }

    /// Ends it, and returns what it logged.
    async fn ended(self) -> String {
        #[cfg(unix)]
        let child = self.child;
        #[cfg(not(unix))]
        let mut child = self.child;
        #[cfg(unix)]
        {
            let id = i32::try_from(child.id().unwrap()).unwrap();
            nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGTERM).unwrap();
        }
        #[cfg(not(unix))]
        child.start_kill().unwrap();
        drop(self.client);
        let ended = Ended::of(child.wait_with_output().await.unwrap());
        if cfg!(unix) {
            assert_eq!(ended.code, Some(0), "{ended:?}");
        }
        ended.stderr
    }
}

async fn said(request: RequestBuilder) -> (u16, HeaderMap, Value) {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

/// That it is refused so, and that there is no token in the refusal.
#[track_caller]
fn refused((status, headers, body): &(u16, HeaderMap, Value), expected: u16, error: &str) {
    assert_eq!((*status, body["error"].as_str()), (expected, Some(error)), "{body}");
    assert_eq!((&headers["cache-control"], body.get("accessToken")), (&"no-store".parse().unwrap(), None));
}

async fn user() -> (Emulator, User) {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator)).with("PAGE_SECRET", SECRET);
    (emulator, user)
}

#[tokio::test]
async fn a_page_of_the_origin_with_the_secret_gets_a_token_and_nobody_else() {
    let (emulator, user) = user().await;
    let broker = Broker::start(&user, BY_SECRET).await;
    let (status, headers, body) = said(broker.ask_with_secret()).await;
    assert_eq!((status, body["tokenType"].as_str()), (200, Some("Bearer")), "{body}");
    emulator.verify(body["accessToken"].as_str().unwrap()).unwrap();
    assert!(body["expiresIn"].as_u64().is_some_and(|left| left > 3500), "{body}");
    assert_eq!(headers["access-control-allow-origin"], ORIGIN);
    assert_eq!(headers["cache-control"], "no-store");

    refused(&said(broker.ask(ORIGIN)).await, 401, "no_session");
    refused(&said(broker.ask(ORIGIN).bearer_auth("another-secret-of-a-page")).await, 401, "no_session");
    for origin in ["https://evil.example", "null"] {
        refused(&said(broker.ask(origin).bearer_auth(SECRET)).await, 403, "origin_not_allowed");
    }
    refused(&said(broker.ask_with_secret().header("host", "evil.example")).await, 421, "unknown_host");
    let preflight = broker.client.request(Method::OPTIONS, &broker.url).header("origin", "https://evil.example");
    refused(&said(preflight.header("access-control-request-method", "GET")).await, 403, "origin_not_allowed");

    let base = broker.url.strip_suffix("/token").unwrap();
    let (status, _, body) = said(broker.client.get(format!("{base}/healthz"))).await;
    assert_eq!((status, body["status"].as_str()), (200, Some("ok")));
    assert_eq!(said(broker.client.get(format!("{base}/elsewhere"))).await.0, 404);
    assert_eq!(emulator.token_request_count(), 1, "the one at the start");
    broker.ended().await;
}

#[tokio::test]
async fn a_head_of_a_size_that_nobody_sends_who_means_well_is_refused() {
    let (_emulator, user) = user().await;
    let broker = Broker::start(&user, BY_SECRET).await;
    let with = |size: usize| broker.ask_with_secret().header("x-much", "x".repeat(size)).send();
    assert_eq!(with(1024).await.unwrap().status(), 200);
    assert_eq!(with(300 * 1024).await.unwrap().status(), 431);
    broker.ended().await;
}

#[tokio::test]
async fn the_source_that_calls_such_a_backend_understands_it() {
    let (emulator, user) = user().await;
    let broker = Broker::start(&user, BY_SECRET).await;
    let remote = Remote::new(TokenEndpoint::parse(&broker.url).unwrap()).bearer_session(SECRET).unwrap();
    let access = Access::new("page", remote, Endpoint::parse(&emulator.api_url()).unwrap());
    let auth = access.authenticator(ReqwestTransport::new().unwrap()).unwrap();
    let token = auth.token(Duration::ZERO).await.unwrap();
    emulator.verify(token.secret().unwrap().expose()).unwrap();
    broker.ended().await;
}

#[tokio::test]
async fn the_secret_may_be_in_a_file_or_on_stdin_and_come_as_a_cookie() {
    let (_emulator, user) = user().await;
    let file = user.write("secret", &format!("{SECRET}\n"));
    let of_a_file = format!("--allow-origin {ORIGIN} --session-secret-file {}", file.display());
    let broker = Broker::start(&user, &of_a_file).await;
    assert_eq!(said(broker.ask_with_secret()).await.0, 200);
    broker.ended().await;

    let of_stdin = format!("--allow-origin {ORIGIN} --session-secret-file - --session-cookie sid --path /js/userToken");
    let broker = Broker::with_stdin(&user, &of_stdin, SECRET).await;
    assert!(broker.url.ends_with("/js/userToken"), "{}", broker.url);
    let (status, headers, _) = said(broker.ask(ORIGIN).header("cookie", format!("sid={SECRET}"))).await;
    assert_eq!((status, &headers["access-control-allow-credentials"]), (200, &"true".parse().unwrap()));
    refused(&said(broker.ask_with_secret()).await, 401, "no_session");
    broker.ended().await;
}

/// An application's backend, which says of a session what the session's cookie says.
async fn application() -> String {
    let check = |headers: HeaderMap| async move {
        let cookie = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or("sid=401");
        let status = cookie.strip_prefix("sid=").and_then(|status| status.parse().ok()).unwrap();
        (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, "/yes")], "S3cr3t-of-the-application")
            .into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/check", listener.local_addr().unwrap());
    let routes = Router::new().route("/check", get(check)).route("/yes", get(|| async { "yes" }));
    tokio::spawn(async { axum::serve(listener, routes).await });
    url
}

#[tokio::test]
async fn the_pages_own_backend_says_whether_there_is_a_session() {
    let (_emulator, user) = user().await;
    let url = application().await;
    let broker = Broker::start(&user, &format!("--allow-origin {ORIGIN} --forward-auth {url}")).await;
    let by = |status: u16| said(broker.ask(ORIGIN).header("cookie", format!("sid={status}")));
    assert_eq!(by(200).await.0, 200);
    refused(&by(401).await, 401, "no_session");
    refused(&by(403).await, 403, "session_forbidden");
    refused(&by(302).await, 502, "session_check_failed");
    refused(&by(500).await, 502, "session_check_failed");
    refused(&said(broker.ask(ORIGIN)).await, 401, "no_session");
    let log = broker.ended().await;
    assert!(log.contains("answered neither 2xx nor 401 nor 403"), "the operator is told: {log}");

    let nobody = ClosedPort::new().unwrap();
    let gone = nobody.address();
    let broker = Broker::start(&user, &format!("--allow-origin {ORIGIN} --forward-auth http://{gone}/check")).await;
    let answer = said(broker.ask(ORIGIN)).await;
    refused(&answer, 503, "session_check_unavailable");
    assert!(answer.1.contains_key("retry-after"));
    broker.ended().await;
}

#[tokio::test]
async fn a_token_endpoint_that_is_down_is_503_and_json_until_it_is_back() {
    let (emulator, user) = user().await;
    emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(1));
    let broker = Broker::start(&user, BY_SECRET).await;
    let answer = said(broker.ask_with_secret()).await;
    refused(&answer, 503, "token_unavailable");
    assert!(answer.1["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    assert!(!answer.2.to_string().contains("127.0.0.1"), "the page is not told where: {}", answer.2);
    let log = broker.ended().await;
    assert!(log.contains("there is no token yet") && log.contains("a page was answered 503"), "{log}");
}

#[tokio::test]
async fn what_lives_too_long_is_an_error_at_the_start() {
    let (emulator, user) = user().await;
    emulator.set_token_lifetime(Duration::from_secs(24 * 3600));
    user.run(&format!("broker {BY_SECRET}")).await.failed(3, &["lives longer than a page may have it"]);
    let broker = Broker::start(&user, &format!("{BY_SECRET} --max-lifetime 25h")).await;
    assert_eq!(said(broker.ask_with_secret()).await.0, 200);
    broker.ended().await;

    let given = format!(
        "[profile.default]\ntype = \"token\"\nendpoint = \"{}\"\ntoken = \"a-key-for-years\"\n",
        emulator.api_url()
    );
    let user = user.with_config(&given);
    user.run(&format!("broker {BY_SECRET}")).await.failed(3, &["given, not fetched"]);
}

#[tokio::test]
async fn a_token_that_is_kept_between_commands_is_not_handed_out() {
    let (emulator, user) = user().await;
    let kept = user.run("token").await.data();
    assert_eq!(user.run("token").await.data(), kept, "it is kept");
    let broker = Broker::start(&user, BY_SECRET).await;
    let (_, _, body) = said(broker.ask_with_secret()).await;
    assert_ne!(body["accessToken"], kept.trim_end(), "nobody knows any more whether its end was stated");
    assert_eq!(emulator.token_request_count(), 2);
    broker.ended().await;
}

#[tokio::test]
async fn what_makes_no_sense_is_wrong_usage() {
    let (emulator, user) = user().await;
    let short = user.write("short", "short");
    for (arguments, word) in [
        (format!("--allow-origin {ORIGIN}"), "session"),
        ("--session-secret-env PAGE_SECRET".to_owned(), "--allow-origin"),
        (format!("{BY_SECRET} --forward-auth http://127.0.0.1:1"), "cannot be used with"),
        (format!("--allow-origin {ORIGIN} --session-secret-env NOT_SET"), "NOT_SET"),
        (format!("--allow-origin {ORIGIN} --session-secret-file {}", short.display()), "16 characters"),
        (format!("--allow-origin {ORIGIN} --session-secret-file not/there"), "--session-secret-file"),
        (format!("--allow-origin {ORIGIN} --forward-auth http://auth.example/check"), "https"),
        (BY_SECRET.replace(ORIGIN, "*"), "wildcard"),
        (BY_SECRET.replace(ORIGIN, "http://app.example"), "https"),
        (BY_SECRET.replace(ORIGIN, "https://app.example/path"), "path"),
        (format!("{BY_SECRET} --allow-host https://tokens.example"), "host"),
        (format!("{BY_SECRET} --path token"), "slash"),
        (format!("{BY_SECRET} --path /healthz"), "/healthz"),
        (format!("{BY_SECRET} --listen 0.0.0.0:0"), "--allow-remote"),
        (format!("{BY_SECRET} --listen [::]:0"), "--allow-remote"),
    ] {
        user.run(&format!("broker {arguments}")).await.failed(2, &[word]);
    }
    assert_eq!(emulator.token_request_count(), 0, "nothing is fetched for it");
    let broker = Broker::start(&user, &format!("{BY_SECRET} --listen 0.0.0.0:0 --allow-remote")).await;
    assert!(broker.url.starts_with("http://0.0.0.0:"), "{}", broker.url);
    broker.ended().await;
}

#[tokio::test]
async fn at_vv_it_logs_no_token_no_cookie_and_no_secret() {
    let (emulator, user) = user().await;
    let broker = Broker::start(&user, BY_SECRET).await;
    let ask = |origin: &str| broker.ask(origin).header("cookie", "sid=S3cr3t-cookie-of-a-page");
    let queried = broker.client.get(format!("{}?q=S3cr3t-query-of-a-page", broker.url));
    assert_eq!(said(queried.bearer_auth(SECRET)).await.0, 200);
    assert_eq!(said(ask(ORIGIN).bearer_auth(SECRET)).await.0, 200);
    said(ask(ORIGIN).bearer_auth("S3cr3t-wrong-secret")).await;
    said(ask("https://S3cr3t-origin.example").bearer_auth(SECRET)).await;
    let first = broker.ended().await;
    assert!(first.contains("answered a page") && first.contains("status=403"), "it does log: {first}");

    let url = application().await;
    let broker =
        Broker::start(&user, &format!("--allow-origin {ORIGIN} --forward-auth {url}?key=S3cr3t-of-the-url")).await;
    for status in [200, 401, 500] {
        let cookie = format!("sid={status}");
        said(broker.ask(ORIGIN).header("cookie", cookie).bearer_auth("S3cr3t-bearer-of-a-page")).await;
    }
    let second = broker.ended().await;
    let issued = emulator.issued_tokens();
    for secret in issued.iter().map(String::as_str).chain([SECRET, "S3cr3t", "sid=", Emulator::API_KEY]) {
        assert!(!first.contains(secret) && !second.contains(secret), "{secret} is in\n{first}\n{second}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_secrets_file_that_others_may_write_is_no_secret_and_one_that_they_may_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let (_emulator, user) = user().await;
    let file = user.write("secret", SECRET);
    let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    let arguments = format!("--allow-origin {ORIGIN} --session-secret-file secret");
    mode(0o602);
    let ended = user.run(&format!("broker {arguments}")).await;
    ended.failed(2, &["--session-secret-file", "written by others"]);
    mode(0o604);
    let log = Broker::start(&user, &arguments).await.ended().await;
    assert!(log.contains("--session-secret-file") && log.contains("chmod 600"), "{log}");
}
