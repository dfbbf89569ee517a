use std::io::ErrorKind;
use std::time::Duration;

use auth_emulator::{Emulator, Gate, StatusCode, Wire};
use http::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{call, fetch, raw, send, try_fetch};

/// A connection to the emulator that has sent this.
async fn connected(emulator: &Emulator, request: &str) -> TcpStream {
    let authority = emulator.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn next(stream: &mut TcpStream, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
}

const GET: &str = "GET /api/a HTTP/1.1\r\nhost: a\r\n\r\n";

#[tokio::test]
async fn bytes_are_written_as_they_are_and_then_the_connection_is_closed() {
    let emulator = Emulator::start().await.unwrap();
    emulator.api_faults().once(Wire::new().write("220 mail\r\n").write("bye"));
    let (bytes, end) = raw(&format!("{}/a", emulator.api_url()), "GET").await;
    assert_eq!((&bytes[..], end.is_ok()), (&b"220 mail\r\nbye"[..], true));
    assert_eq!(emulator.api_request_count(), 1, "what was asked is on record");
}

#[tokio::test]
async fn the_usual_answer_can_stand_behind_something_else() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().once(Wire::new().write("HTTP/1.1 100 Continue\r\n\r\n").usual_head().usual_body());
    let reply = try_fetch(&emulator.token_url()).await.unwrap();
    assert_eq!(reply.status, StatusCode::OK);
    assert!(emulator.verify(&reply.access_token()).is_ok());
}

#[tokio::test]
async fn what_has_no_end_ends_with_the_client() {
    let emulator = Emulator::start().await.unwrap();
    emulator.api_faults().once(Wire::new().write_for_ever("ab", Duration::ZERO));
    let mut stream = connected(&emulator, GET).await;
    assert_eq!(next(&mut stream, 100_000).await, b"ab".repeat(50_000));
    drop(stream);
    emulator.api_faults().once(Wire::new().write_for_ever("cd", Duration::from_millis(1)));
    let mut stream = connected(&emulator, GET).await;
    assert_eq!(next(&mut stream, 6).await, b"cdcdcd");
}

#[tokio::test]
async fn a_gate_stands_between_two_pieces() {
    let emulator = Emulator::start().await.unwrap();
    let gate = Gate::new();
    emulator.api_faults().once(Wire::new().write("one").hold(gate.clone()).write("two"));
    let mut stream = connected(&emulator, GET).await;
    assert_eq!(next(&mut stream, 3).await, b"one");
    assert_eq!(stream.try_read(&mut [0; 3]).unwrap_err().kind(), ErrorKind::WouldBlock);
    gate.open();
    assert_eq!(next(&mut stream, 3).await, b"two");
}

#[tokio::test]
async fn half_a_connection_goes_on_reading() {
    let emulator = Emulator::start().await.unwrap();
    emulator.api_faults().once(Wire::new().write("x").half_close());
    let mut stream = connected(&emulator, GET).await;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    assert_eq!(bytes, b"x");
    // More than any buffer holds: somebody reads it.
    stream.write_all(&vec![0; 16 << 20]).await.unwrap();
}

#[tokio::test]
async fn a_kept_connection_is_reset_when_the_next_request_comes() {
    let emulator = Emulator::start().await.unwrap();
    emulator.api_faults().once(Wire::new().write("answer").read_head().reset());
    let mut stream = connected(&emulator, GET).await;
    assert_eq!(next(&mut stream, 6).await, b"answer");
    stream.write_all(GET.as_bytes()).await.unwrap();
    let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(emulator.api_request_count(), 1);
}

#[tokio::test]
async fn a_connection_meets_its_fault_before_a_request_is_read() {
    let emulator = Emulator::start().await.unwrap();
    emulator.connection_faults().once(Wire::new().write("SSH-2.0-x\r\n"));
    emulator.connection_faults().once(Wire::new().read_head().reset());
    let mut stream = connected(&emulator, "").await;
    assert_eq!(next(&mut stream, 11).await, b"SSH-2.0-x\r\n");
    let mut stream = connected(&emulator, "POST /identity/token HTTP/1.1\r\ncontent-length: 9\r\n\r").await;
    assert_eq!(stream.try_read(&mut [0; 3]).unwrap_err().kind(), ErrorKind::WouldBlock, "the head has no end yet");
    stream.write_all(b"\n").await.unwrap();
    assert_eq!(stream.read_to_end(&mut Vec::new()).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!((emulator.connection_count(), emulator.requests().len()), (2, 0));
    assert_eq!(fetch(&emulator).await.status, StatusCode::OK);
    assert_eq!(emulator.connection_count(), 3);
}

#[tokio::test]
async fn the_other_origin_meets_no_connection_fault_and_counts_none() {
    let emulator = Emulator::start().await.unwrap();
    emulator.connection_faults().always(Wire::new().reset());
    send(Method::GET, emulator.other_origin(), &[], "").await.unwrap();
    assert_eq!(emulator.connection_count(), 0);
    emulator.clear_faults();
    let token = emulator.issue_token();
    assert_eq!(call(&emulator, "/a", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_may_be_as_long_as_it_is_allowed_to_be() {
    let emulator = Emulator::builder().with_body_limit(10).start().await.unwrap();
    let url = format!("{}/x", emulator.other_origin());
    assert_eq!(send(Method::POST, &url, &[], "0123456789").await.unwrap().status, StatusCode::OK);
    assert_eq!(send(Method::POST, &url, &[], "0123456789a").await.unwrap().status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(emulator.other_requests()[0].body(), &b"0123456789"[..]);
}

#[test]
#[should_panic(expected = "would never happen")]
fn nothing_is_queued_behind_a_reset() {
    let _wire = Wire::new().reset().write("more");
}

#[test]
#[should_panic(expected = "would never happen")]
fn nothing_is_queued_behind_what_has_no_end() {
    let _wire = Wire::new().write_for_ever("ab", Duration::ZERO).reset();
}

#[test]
#[should_panic(expected = "closed for writing")]
fn nothing_is_written_behind_a_half_close() {
    let _wire = Wire::new().half_close().pause(Duration::ZERO).write("more");
}

#[tokio::test]
#[should_panic(expected = "a connection has no usual answer")]
async fn a_connection_is_refused_the_usual_answer_when_it_is_queued() {
    let emulator = Emulator::start().await.unwrap();
    emulator.connection_faults().once(Wire::new().read_head().usual_head());
}
