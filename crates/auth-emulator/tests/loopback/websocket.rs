//! A WebSocket client (RFC 6455) of text frames, by hand: what goes over the wire is what is tested.

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) struct WebSocket(TcpStream);

impl WebSocket {
    /// The answer's head, and the socket if the server switched protocols.
    pub(crate) async fn open(url: &str, protocols: &[&str]) -> (String, Option<Self>) {
        let (authority, path) = url.strip_prefix("ws://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(authority).await.unwrap();
        let mut request = format!(
            "GET /{path} HTTP/1.1\r\nhost: {authority}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: nWxXVIW5ri9ZrRaniAmqAw==\r\n"
        );
        for protocol in protocols {
            request += &format!("sec-websocket-protocol: {protocol}\r\n");
        }
        stream.write_all(format!("{request}\r\n").as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let socket = head.starts_with("http/1.1 101").then_some(Self(stream));
        (head, socket)
    }

    /// Under 126 bytes, and masked with zeros, which is a mask as any other.
    pub(crate) async fn send(&mut self, text: &str) {
        let length = u8::try_from(text.len()).unwrap();
        assert!(length < 126, "a frame of the test's has one byte of length");
        let frame = [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat();
        self.0.write_all(&frame).await.unwrap();
    }

    /// The next text; `None` when the server closes or is gone.
    pub(crate) async fn receive(&mut self) -> Option<Value> {
        let opcode = self.0.read_u8().await.ok()?;
        let length = match self.0.read_u8().await.ok()? {
            126 => usize::from(self.0.read_u16().await.ok()?),
            length => usize::from(length),
        };
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).await.ok()?;
        (opcode == 0x81).then(|| serde_json::from_slice(&payload).unwrap())
    }
}
