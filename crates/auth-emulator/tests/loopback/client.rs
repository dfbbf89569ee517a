//! A client that does what it is told and nothing more: one connection a request, no redirects, no retries.

use std::{error::Error, io};

use auth_emulator::{Emulator, StatusCode};
use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
const GRANT_TYPE: &str = "urn:ibm:params:oauth:grant-type:apikey";

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn access_token(&self) -> String {
        self.json()["access_token"].as_str().unwrap().to_owned()
    }
}

type Outcome = Result<Reply, Box<dyn Error + Send + Sync>>;

pub(crate) async fn send(method: Method, url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Outcome {
    let (authority, path) = split(url);
    let stream = TcpStream::connect(&authority).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path).header("host", authority);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (head, body) = sender.send_request(request.body(Full::new(body.into()))?).await?.into_parts();
    Ok(Reply { status: head.status, headers: head.headers, body: body.collect().await?.to_bytes() })
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn api_key_form(api_key: &str) -> String {
    form(&[("grant_type", GRANT_TYPE), ("apikey", api_key), ("response_type", "cloud_iam")])
}

/// A token request as IBM's own SDK sends it.
pub(crate) async fn try_fetch(url: &str) -> Outcome {
    let headers = [("content-type", FORM), ("accept", "application/json")];
    send(Method::POST, url, &headers, api_key_form(Emulator::API_KEY)).await
}

pub(crate) async fn fetch(emulator: &Emulator) -> Reply {
    try_fetch(&emulator.token_url()).await.unwrap()
}

pub(crate) async fn call(emulator: &Emulator, path: &str, token: &str) -> Reply {
    let url = format!("{}{path}", emulator.api_url());
    send(Method::GET, &url, &[("authorization", &format!("Bearer {token}"))], "").await.unwrap()
}

/// Everything the server sends, byte for byte, and how it ended.
pub(crate) async fn raw(url: &str, method: &str) -> (Vec<u8>, io::Result<()>) {
    let (authority, path) = split(url);
    let mut stream = TcpStream::connect(&authority).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).await.map(drop);
    (bytes, end)
}

fn split(url: &str) -> (String, String) {
    let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap_or((&url[7..], ""));
    (authority.to_owned(), format!("/{path}"))
}
