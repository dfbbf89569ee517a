//! Whether the reqwest that was built has TLS: Cargo unites what all crates of one build want of it.

use std::net::TcpListener;

/// One that has none fails before it connects to anybody.
pub(crate) async fn reqwest_has_it() -> bool {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    tokio::select! {
        _handshake = listener.accept() => true,
        _error = client.get(url).send() => false,
    }
}
