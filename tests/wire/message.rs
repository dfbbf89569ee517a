//! Requests, ours and recorded ones, in a form in which they can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, Request};
use serde_json::{Map, Value};

use crate::reqwest::api_stage::Got;

/// Headers that say nothing of who asks for what, by the start of their names.
const INCIDENTAL: [(&str, &str); 10] = [
    ("accept-encoding", "the HTTP library's"),
    ("connection", "the HTTP library's"),
    ("content-length", "the HTTP library's"),
    ("host", "a loopback port"),
    ("sec-websocket-extensions", "the WebSocket library's"),
    ("sec-websocket-key", "random"),
    ("sec-websocket-version", "the WebSocket library's"),
    ("upgrade", "the WebSocket library's"),
    ("user-agent", "what a client says of itself"),
    ("sky-metadata", "what a client says of its machine"),
];

/// What a request says, without what is incidental.
#[derive(Clone, Debug)]
pub(super) struct Message {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: BTreeMap<String, String>,
    body: Map<String, Value>,
}

impl Message {
    pub(super) fn recorded(recorded: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let headers = recorded["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(name, value)| (name.to_lowercase(), text(value))).collect();
        let body = match (&recorded["form"], &recorded["json"]) {
            (Value::Object(form), _) => form.clone(),
            (_, Value::Object(json)) => json.clone(),
            (Value::Null, Value::Null) => Map::new(),
            _ => panic!("a body that is neither a form nor an object"),
        };
        Self::new(text(&recorded["method"]), &text(&recorded["path"]), headers, body)
    }

    /// A request for a token.
    pub(super) fn asked(request: &Request<Bytes>) -> Self {
        let target = request.uri().path_and_query().unwrap().as_str();
        Self::new(
            request.method().to_string(),
            target,
            text(request.headers()),
            body(request.headers(), request.body()),
        )
    }

    /// A request to the API.
    pub(super) fn got(got: &Got) -> Self {
        let target = &got.url.as_str()[url_path(got.url.as_str())..];
        Self::new(got.method.to_string(), target, text(&got.headers), body(&got.headers, got.body.as_bytes()))
    }

    fn new(method: String, target: &str, mut headers: BTreeMap<String, String>, mut body: Map<String, Value>) -> Self {
        headers.retain(|name, _| !INCIDENTAL.iter().any(|(start, _)| name == start) && !name.starts_with("x-fern-"));
        if let Some(jwt) = body.get("assertion").and_then(Value::as_str) {
            // Whose signature depends on the key; see `skyflow.rs`.
            let parts: Value = jwt.split('.').take(2).map(decoded).collect();
            body.insert("assertion".to_owned(), parts);
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut query: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        query.sort();
        Self { method, path: path.to_owned(), query, headers, body }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.queries(name).next()
    }

    pub(super) fn queries(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn is_answer_to(&self, other: &Self) -> bool {
        (&self.method, &self.path) == (&other.method, &other.path)
    }

    /// `GET /v1/projects`: what is asked, without ids.
    fn name(&self) -> String {
        let start: Vec<&str> = self.path.split('/').take(3).collect();
        format!("{} {}", self.method, start.join("/"))
    }

    fn differences(&self, theirs: &Self) -> BTreeSet<String> {
        let mut labels = BTreeSet::new();
        for name in self.headers.keys().chain(theirs.headers.keys()) {
            let (ours, wanted) = (self.header(name), theirs.header(name));
            let same = match name.as_str() {
                // Who wants anything, or says nothing of a body, gets what we want, and what our bodies are.
                "accept" => matches!(wanted, None | Some("*/*")) || ours == wanted,
                "content-type" => self.body.is_empty() || wanted.is_none() || ours == wanted,
                _ => ours == wanted,
            };
            if !same {
                labels.insert(name.clone());
            }
        }
        let names = self.body.keys().chain(theirs.body.keys());
        labels.extend(names.filter(|name| self.body.get(*name) != theirs.body.get(*name)).cloned());
        if self.query != theirs.query {
            labels.insert("query".to_owned());
        }
        labels
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// What differs: names of headers and of members of bodies, and requests that only one of the two sends.
pub(super) fn differences(ours: &[Message], theirs: &[Message]) -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    let mut ours = ours.to_vec();
    for wanted in theirs {
        match ours.iter().position(|message| message.is_answer_to(wanted)) {
            Some(at) => labels.extend(ours.remove(at).differences(wanted)),
            None => drop(labels.insert(wanted.name())),
        }
    }
    labels.extend(ours.iter().map(Message::name));
    labels
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn text(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

fn body(headers: &HeaderMap, body: &[u8]) -> Map<String, Value> {
    let is_form = headers.get("content-type").is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    if is_form {
        return form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into())).collect();
    }
    if body.is_empty() { Map::new() } else { serde_json::from_slice(body).unwrap() }
}

/// Where the path of a URL starts.
fn url_path(url: &str) -> usize {
    let host = url.find("://").unwrap() + 3;
    url[host..].find('/').map_or(url.len(), |at| host + at)
}

#[test]
fn whatever_is_not_incidental_is_seen() {
    let recorded = |json: &str| Message::recorded(&serde_json::from_str(json).unwrap());
    let theirs = recorded(r#"{"method":"POST","path":"/a/b/1?x=1","headers":{"Host":"h","X-A":"1"},"form":{"k":"v"}}"#);
    let theirs = std::slice::from_ref(&theirs);
    assert!(differences(theirs, theirs).is_empty());
    for (ours, label) in [
        (r#"{"method":"POST","path":"/a/b/1?x=1","headers":{"x-a":"2"},"form":{"k":"v"}}"#, "x-a"),
        (r#"{"method":"POST","path":"/a/b/1?x=1","headers":{},"form":{"k":"v"}}"#, "x-a"),
        (r#"{"method":"POST","path":"/a/b/1?x=1","headers":{"x-a":"1"},"form":{"k":"v","l":""}}"#, "l"),
        (r#"{"method":"POST","path":"/a/b/1?x=2","headers":{"x-a":"1"},"form":{"k":"v"}}"#, "query"),
    ] {
        assert_eq!(differences(&[recorded(ours)], theirs), BTreeSet::from([label.to_owned()]), "{ours}");
    }
    let request = BTreeSet::from(["POST /a/b".to_owned()]);
    assert_eq!(differences(&[], theirs), request);
    assert_eq!(differences(&[theirs, theirs].concat(), theirs), request);
}
