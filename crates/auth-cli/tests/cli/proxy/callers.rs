//! Who may send requests, and where the secret stands.

use auth_emulator::Emulator;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Request, Response};

use super::rig::{Answer, Proxy, send};
use super::upstream::Upstream;
use crate::rig::{User, exchanging};

const SECRET: &str = "a-secret-of-my-own-0123";

async fn without_secret(proxy: &Proxy, path: &str, header: Option<(&str, &str)>) -> Answer {
    let request = Request::get(format!("{}{path}", proxy.url));
    send(match header {
        Some((name, value)) => request.header(name, value),
        None => request,
    })
    .await
}

#[tokio::test]
async fn nobody_gets_in_without_the_secret_and_the_upstream_never_sees_it() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut seen) = Upstream::recording(|_| Response::builder()).await;
    let proxy = Proxy::to(upstream.address, &emulator, "").await;
    let secret = proxy.secret.clone();
    let basic = |pair: String| format!("Basic {}", BASE64_STANDARD.encode(pair));
    for header in [None, Some(("x-authctl-secret", "wrong")), Some(("authorization", "Bearer wrong"))] {
        let answer = without_secret(&proxy, "/x", header).await;
        answer.refused(401, "secret_required");
        assert!(answer.headers.contains_key("www-authenticate"));
    }
    let in_path = format!("/{secret}/x");
    without_secret(&proxy, &in_path, None).await.refused(401, "secret_required");
    for (name, value) in [
        ("x-authctl-secret", secret.clone()),
        ("authorization", format!("Bearer {secret}")),
        ("authorization", basic(format!("me:{secret}"))),
    ] {
        assert_eq!(without_secret(&proxy, "/x", Some((name, &value))).await.status, 200, "{name}");
        let sent = format!("{:?}", seen.recv().await.unwrap());
        assert!(sent.contains("Bearer ey") && !sent.contains(&secret) && !sent.contains("Basic"), "{sent}");
    }
    // What repeats it by accident goes no further, and a URL with it is not sent at all.
    let referer = proxy.request("GET", "/x").header("referer", format!("{}/{secret}/page", proxy.url));
    assert_eq!(send(referer).await.status, 200);
    assert!(!format!("{:?}", seen.recv().await.unwrap()).contains(&secret));
    proxy.get(&format!("/x?key={secret}")).await.refused(400, "bad_target");
    assert!(seen.try_recv().is_err(), "nothing else was sent");
}

#[tokio::test]
async fn it_may_stand_in_the_path_where_that_is_asked_for() {
    let emulator = Emulator::start().await.unwrap();
    let (upstream, mut seen) = Upstream::recording(|uri| {
        Response::builder().status(307).header("location", format!("{}/next?a=b", uri.path()))
    })
    .await;
    let proxy = Proxy::to(upstream.address, &emulator, "--secret-in-path").await;
    let answer = without_secret(&proxy, &format!("/{}/x", proxy.secret), None).await;
    assert_eq!(
        answer.headers["location"],
        format!("/{}/x/next?a=b", proxy.secret),
        "the caller's next request has it, too"
    );
    assert_eq!(seen.recv().await.unwrap().uri.path(), "/x");
    without_secret(&proxy, "/x", None).await.refused(401, "secret_required");
    assert_eq!(proxy.get("/x").await.headers["location"], "/x/next?a=b");
}

#[tokio::test]
async fn it_may_be_given_by_a_file_or_a_variable_and_is_then_not_told() {
    let emulator = Emulator::start().await.unwrap();
    let user = || User::new().with_config(&exchanging(&emulator));
    let bearer = format!("Bearer {SECRET}");

    let given = user().with("MY_SECRET", SECRET);
    let proxy = Proxy::start(given, "--secret-env MY_SECRET").await;
    assert_eq!(proxy.secret, "");
    assert_eq!(without_secret(&proxy, "/x", Some(("authorization", &bearer))).await.status, 200);
    let told = async |proxy: &Proxy| without_secret(proxy, "/x", None).await.json()["message"].to_string();
    assert!(told(&proxy).await.contains("--secret-env"));

    let given = user();
    given.write("secret", &format!("{SECRET}\n"));
    let proxy = Proxy::start(given, "--secret-file secret").await;
    assert_eq!(without_secret(&proxy, "/x", Some(("authorization", &bearer))).await.status, 200);

    assert!(told(&proxy).await.contains("--secret-file"));

    let given = user();
    let file = given.home().join("made");
    let proxy = Proxy::start(given, "--secret-file made").await;
    let made = std::fs::read_to_string(&file).unwrap();
    assert_eq!(proxy.secret, "");
    assert_eq!(without_secret(&proxy, "/x", Some(("x-authctl-secret", made.trim_end()))).await.status, 200);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    let given = user().with("MY_SECRET", "short");
    given.run("proxy --secret-env MY_SECRET").await.failed(2, &["--secret-env", "at least 16"]);
    given.run("proxy --secret-env NOT_SET").await.failed(2, &["--secret-env", "not set"]);
}

#[tokio::test]
async fn without_one_everybody_on_the_machine_gets_in_but_no_web_page() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "--no-secret --allow-origin https://app.example").await;
    assert_eq!(proxy.secret, "");
    assert_eq!(without_secret(&proxy, "/x", None).await.status, 200);
    for (name, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        without_secret(&proxy, "/x", Some((name, value))).await.refused(403, "origin_not_allowed");
    }
    for (name, value) in [("origin", "https://app.example"), ("origin", &*proxy.url), ("sec-fetch-site", "none")] {
        assert_eq!(without_secret(&proxy, "/x", Some((name, value))).await.status, 200, "{name}: {value}");
    }
    assert_eq!(emulator.api_request_count(), 4);
}

#[tokio::test]
async fn a_name_that_was_rebound_to_this_machine_is_refused_and_so_is_use_as_a_forward_proxy() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "--allow-host proxy.internal").await;
    let with_host = |host: &str| send(proxy.request("GET", "/x").header("host", host));
    with_host("rebound.example").await.refused(403, "host_not_allowed");
    assert_eq!(with_host("proxy.internal").await.status, 200);
    let line =
        |target: &str| format!("GET {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", proxy.address());
    assert!(proxy.raw(&line("http://api.example/x")).await.starts_with("HTTP/1.1 403 "));
    assert!(proxy.raw(&line(&format!("{}/x", proxy.url))).await.starts_with("HTTP/1.1 401 "));
    let connect = format!("CONNECT api.example:443 HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", proxy.address());
    assert!(proxy.raw(&connect).await.starts_with("HTTP/1.1 405 "));
    let trace = proxy.request("TRACE", "/x");
    send(trace).await.refused(405, "method_not_allowed");
    assert_eq!(emulator.api_request_count(), 1);
}

#[tokio::test]
async fn other_machines_reach_it_on_purpose_only_and_never_without_a_secret() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    user.run("proxy --listen 0.0.0.0:0").await.failed(2, &["--listen", "--allow-remote"]);
    user.run("proxy --admin 0.0.0.0:0").await.failed(2, &["--admin", "--allow-remote"]);
    user.run("proxy --listen 0.0.0.0:0 --allow-remote --no-secret").await.failed(2, &["--no-secret"]);
    let proxy = Proxy::start(user, "--listen 0.0.0.0:0 --allow-remote").await;
    let port = proxy.url.rsplit_once(':').unwrap().1;
    let here = format!("http://127.0.0.1:{port}/x");
    assert_eq!(send(Request::get(&here).header("x-authctl-secret", &proxy.secret)).await.status, 200);
    send(Request::get(&here)).await.refused(401, "secret_required");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_may_write_is_no_secret_and_one_that_they_may_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let file = user.write("secret", SECRET);
    let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o620);
    user.run("proxy --secret-file secret").await.failed(2, &["--secret-file", "written by others", "chmod go-w"]);
    mode(0o640);
    let (_, stderr) = Proxy::start(user, "--secret-file secret").await.end().await;
    assert!(stderr.contains("--secret-file") && stderr.contains("chmod 600"), "{stderr}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_secret_that_is_printed_into_a_file_for_everybody_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let emulator = Emulator::start().await.unwrap();
    for (mode, line, is_told) in
        [(0o644, "proxy", true), (0o600, "proxy", false), (0o644, "proxy --secret-file made", false)]
    {
        let user = User::new().with_config(&exchanging(&emulator));
        let ready = user.write("ready", "");
        std::fs::set_permissions(&ready, std::fs::Permissions::from_mode(mode)).unwrap();
        let mut command = user.authctl(line.split_whitespace());
        command.stdout(std::fs::File::create(&ready).unwrap()).stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        while tokio::fs::read(&ready).await.unwrap().is_empty() {}
        let id = nix::unistd::Pid::from_raw(child.id().unwrap().try_into().unwrap());
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
        let ended = crate::rig::Ended::of(child.wait_with_output().await.unwrap());
        assert_eq!((ended.code, ended.stderr.contains("umask 077")), (Some(0), is_told), "{line}: {ended:?}");
    }
}
