//! What only a Tower client can say wrongly: a request without a host.

use auth_core::ErrorKind;

use crate::adapter::refused;
use crate::rig::{ORIGIN, Tower};

#[tokio::test]
async fn a_request_without_a_host_is_refused_with_what_to_do() {
    let error = refused::<Tower>(|builder| builder.for_origins([ORIGIN]), "/items").await;
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    for way_out in ["absolute URIs", "BaseUrl", "connection_bound"] {
        assert!(error.to_string().contains(way_out), "{error}");
    }
    assert_eq!(refused::<Tower>(|builder| builder.anywhere(), "/items").await.kind(), ErrorKind::Misconfigured);
}

#[tokio::test]
async fn a_path_on_a_channel_bound_to_plain_http_elsewhere_is_refused() {
    let error = refused::<Tower>(|builder| builder.connection_bound("http://api.example.com"), "/items").await;
    assert_eq!(error.kind(), ErrorKind::InsecureTransport);
}
