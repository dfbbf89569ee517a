//! The second port: health, readiness, metrics.

use std::collections::HashMap;

use auth_emulator::{Answer, Emulator};
use http::{Request, StatusCode};

use super::rig::{Proxy, send};

#[tokio::test]
async fn ready_says_whether_there_is_a_token_and_becomes_so_by_itself() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    let proxy = Proxy::of(&emulator, "--timeout 1s").await;
    assert_eq!(proxy.admin("/healthz").await.status, 200);
    let answer = proxy.admin("/readyz").await;
    assert_eq!((answer.status.as_u16(), answer.json()["reason"].as_str()), (503, Some("transient")));
    assert_eq!(proxy.metric("authctl_token_valid").await, 0.0);
    emulator.clear_faults();
    // A failure is kept for a moment, in which nobody is asked.
    while proxy.admin("/readyz").await.status != 200 {}
    assert_eq!(proxy.metric("authctl_token_valid").await, 1.0);
    assert_eq!(emulator.api_request_count(), 0);
}

#[tokio::test]
async fn metrics_are_what_prometheus_reads_and_count_what_happened() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    proxy.get("/x").await;
    proxy.get("/../x").await;
    emulator.revoke_all();
    proxy.get("/x").await;
    let answer = proxy.admin("/metrics").await;
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    let mut kinds = HashMap::new();
    for line in page.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(kinds.insert(name, kind).is_none(), "{name} has two types");
        } else if !line.starts_with('#') {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            value.parse::<f64>().unwrap();
            let name = sample.split('{').next().unwrap();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            let kind = kinds.get(family).or(kinds.get(name)).unwrap_or_else(|| panic!("{name} has no type"));
            assert_eq!(name.ends_with("_total"), *kind == "counter", "{name}");
        }
    }
    for (name, value) in [
        ("authctl_proxy_requests_total{method=\"GET\",code=\"2xx\"}", 2.0),
        ("authctl_proxy_requests_total{method=\"GET\",code=\"4xx\"}", 1.0),
        ("authctl_proxy_refusals_total{error=\"bad_target\"}", 1.0),
        ("authctl_proxy_upstream_duration_seconds_count", 2.0),
        ("authctl_proxy_upstream_duration_seconds_bucket{le=\"+Inf\"}", 2.0),
        ("authctl_token_generation", 2.0),
        ("authctl_token_acquired_total", 2.0),
        ("authctl_token_rejections_total", 1.0),
        ("authctl_proxy_requests_in_flight", 0.0),
    ] {
        assert_eq!(proxy.metric(name).await, value, "{name}");
    }
    let remaining = proxy.metric("authctl_token_remaining_seconds").await;
    assert!((3500.0..=3600.0).contains(&remaining), "{remaining}");
}

#[tokio::test]
async fn it_needs_no_secret_and_is_no_way_to_the_upstream() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    proxy.admin("/x").await.refused(404, "not_found");
    let page = Request::get(format!("{}/metrics", proxy.admin)).header("origin", "https://evil.example");
    send(page).await.refused(403, "origin_not_allowed");
    let rebound = Request::get(format!("{}/metrics", proxy.admin)).header("host", "rebound.example");
    send(rebound).await.refused(403, "host_not_allowed");
    assert_eq!(emulator.api_request_count(), 0);
}
