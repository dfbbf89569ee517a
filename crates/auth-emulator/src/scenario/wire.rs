//! The connection is wrong, or what is on it.

use std::time::Duration;

use bytes::Bytes;

use super::Scenario;
use crate::{Fault, Gate, Wire};

/// Between two pieces of what drips.
const DRIP: Duration = Duration::from_millis(5);

const JSON: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// `given` of a head without its end, with one more field.
fn json(field: &str) -> Bytes {
    format!("{JSON}{field}\r\n\r\n").into()
}

pub(super) fn all() -> Vec<Scenario> {
    let [connection, token, api] = [connections(), at(Scenario::token, true), at(Scenario::api, false)];
    [connection, token, api].into_iter().flatten().collect()
}

/// Before there is a request.
fn connections() -> Vec<Scenario> {
    vec![
        Scenario::connection("reset-on-accept", "each connection is reset as soon as it is there", Wire::new().reset()),
        Scenario::connection("close-on-accept", "each connection is closed as soon as it is there", Wire::new()),
        Scenario::connection(
            "silence-on-accept",
            "connections are accepted, and nothing is read",
            Wire::new().hold(Gate::new()),
        ),
        Scenario::connection(
            "reset-after-head",
            "the connection is reset when the head of the request is there",
            Wire::new().read_head().reset(),
        ),
        Scenario::connection(
            "another-protocol",
            "the server is the first to speak, and it is not HTTP",
            Wire::new().write("SSH-2.0-OpenSSH_9.9\r\n").silence(),
        ),
        Scenario::connection(
            "tls-port",
            "the port speaks TLS, and answers plain HTTP with an alert",
            // Fatal, unexpected_message (RFC 8446, section 6).
            Wire::new().read_head().write(&b"\x15\x03\x01\x00\x02\x02\x0a"[..]),
        ),
    ]
}

/// In the place of an answer.
fn at(make: fn(&'static str, &'static str, Fault) -> Scenario, is_json: bool) -> Vec<Scenario> {
    let wire = |name, description, wire: Wire| make(name, description, wire.into());
    let endless = Bytes::from(vec![b' '; 16 * 1024]);
    let chunk = [b"4000\r\n", &endless[..], b"\r\n"].concat();
    let mut all = vec![
        make("hang", "the request is accepted and never answered", Fault::Hold(Gate::new())),
        make("reset-after-request", "the connection is reset when the request is there", Fault::Reset),
        wire("close-after-request", "the connection is closed without an answer", Wire::new()),
        wire("half-close", "the server says that it will write nothing, and goes on reading", Wire::new().half_close()),
        wire(
            "reset-in-head",
            "the connection is reset in the middle of the answer's head",
            Wire::new().write(JSON).reset(),
        ),
        wire("close-in-head", "the connection is closed in the middle of the answer's head", Wire::new().write(JSON)),
        wire(
            "reset-in-body",
            "the connection is reset in the middle of the answer's body",
            Wire::new().write(json("content-length: 100")).write("{\"access_token\":").reset(),
        ),
        make("truncated", "the connection is closed in the middle of the answer's body", Fault::Truncated),
        wire(
            "head-drips",
            "the answer's head comes byte by byte and has no end",
            Wire::new().write(JSON).write("x-drip: ").write_for_ever("a", DRIP),
        ),
        wire(
            "body-drips",
            "the answer's body comes byte by byte and has no end",
            Wire::new().write(json("transfer-encoding: chunked")).write_for_ever("1\r\n \r\n", DRIP),
        ),
        wire(
            "head-endless",
            "the answer's head has no end",
            Wire::new().write(JSON).write_for_ever(format!("x-more: {}\r\n", "a".repeat(1000)), Duration::ZERO),
        ),
        wire(
            "length-too-long",
            "Content-Length promises more than ever comes",
            Wire::new().write(json("content-length: 100000")).usual_body().silence(),
        ),
        wire(
            "bad-chunks",
            "the length of a chunk is no number",
            Wire::new().write(json("transfer-encoding: chunked")).write("six\r\n{\"a\":1\r\n0\r\n\r\n").silence(),
        ),
        wire("no-http", "the answer is not HTTP", Wire::new().write("220 mail.example.com ESMTP\r\n")),
        wire(
            "informational-flood",
            "informational answers come without end, and no final one",
            Wire::new().write_for_ever("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", DRIP),
        ),
        wire(
            "continue-first",
            "a 100 comes before the answer",
            Wire::new().write("HTTP/1.1 100 Continue\r\n\r\n").usual_head().usual_body(),
        ),
        wire(
            "http-1.0",
            "the answer is HTTP/1.0, and ends with its connection",
            Wire::new().write("HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n").usual_body(),
        ),
        wire(
            "stale",
            "the connection is closed behind the answer, which does not say so",
            Wire::new().usual_head().usual_body(),
        ),
        wire(
            "stale-reset",
            "the connection is kept, and reset when the next request comes",
            Wire::new().usual_head().usual_body().read_head().reset(),
        ),
    ];
    // An API's body is the program's own business.
    if is_json {
        all.push(wire(
            "body-endless",
            "the answer's body has no end",
            Wire::new().write(json("transfer-encoding: chunked")).write_for_ever(chunk, Duration::ZERO),
        ));
        all.push(wire(
            "length-too-short",
            "Content-Length promises less than comes",
            Wire::new().write(json("content-length: 10")).usual_body().silence(),
        ));
        all.push(wire(
            "length-twice",
            "there are two Content-Lengths, and they differ",
            Wire::new().write(json("content-length: 10\r\ncontent-length: 20")).usual_body().silence(),
        ));
        all.push(wire(
            "gzip-bomb",
            "the answer is compressed, which nobody asked for: 3 KB that would be 3 MB",
            Wire::new().write(json("content-encoding: gzip\r\nconnection: close")).write(gzip_bomb()),
        ));
    }
    all
}

/// Three million zeros: in deflate each code for 258 of them is two zero bits.
fn gzip_bomb() -> Vec<u8> {
    const BEGIN: &[u8] =
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xed\xc1\x01\x01\x00\x00\x00\x82\x20\xff\xaf\x6e\x48\x40\x01";
    const END: &[u8] = b"\x2f\x06\x65\xa2\x01\x4d\xc0\xc6\x2d\x00";
    [BEGIN, &[0; 2906], END].concat()
}
