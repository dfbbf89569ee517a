//! Whoever refuses an input says which setting it is, in a line, and quotes nothing of it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use auth_core::exchange::{Exchange, TokenEndpoint};
use auth_core::runtime::FakeRuntime;
use auth_core::sources::{ApiKey, Callback, EnvToken, FileToken, StaticToken};
use auth_core::systems::skyflow::Credentials;
use auth_core::{Authenticator, Endpoint, Env, Error, Origin, Secret, Token, TokenSource, source_fn};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::json;

use super::all::check as show_nothing;
use super::core_types::x_api_key;
use super::stage::{API, Issuer, answer, api_key, builder};
use super::{secrets, skyflow_types, table};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/corpus");

/// More than fits on a line or two helps nobody.
const LONGEST: usize = 300;

/// Id and bytes of every row.
fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let text = fs::read_to_string(format!("{CORPUS}/{name}.jsonl")).unwrap();
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        (row["id"].as_str().unwrap().to_owned(), STANDARD.decode(row["b64"].as_str().unwrap()).unwrap())
    };
    text.lines().map(row).collect()
}

/// Counts what was refused, so that a test can say that its inputs were bad ones.
#[derive(Default)]
struct Refusals(usize);

impl Refusals {
    /// Looks at a refusal, which is to name one of the settings between the bars; what is accepted is printed without
    /// its secret.
    #[track_caller]
    fn check<T: std::fmt::Debug>(&mut self, id: &str, setting: &str, result: Result<T, Error>) {
        match result {
            Ok(value) => show_nothing(id, &format!("{value:?}{value:#?}")),
            Err(error) => {
                self.0 += 1;
                let message = error.to_string();
                assert!(message.len() < LONGEST, "{id}: {} bytes: {message}", message.len());
                let named = setting.split('|').any(|setting| message.contains(setting));
                assert!(named, "{id}: it is to name {setting}: {message}");
                table::chain(&error).iter().for_each(|text| show_nothing(id, text));
                let asked = [error.code(), error.description(), error.host(), error.source_id()];
                asked.into_iter().flatten().for_each(|text| show_nothing(id, text));
            }
        }
    }
}

/// What a source says to one call, with one attempt and no network.
fn fetched(source: impl TokenSource, issuer: &Issuer) -> Result<(), Error> {
    let runtime = FakeRuntime::new();
    let auth = builder(&runtime, issuer.clone(), source).build().unwrap();
    let fetched = runtime.block_on(auth.token(Duration::ZERO));
    show_nothing("the authenticator", &format!("{auth:?}"));
    fetched.map(drop)
}

/// A file that is gone at the end of the test.
struct TokenFile(PathBuf);

impl TokenFile {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("canary-{name}-{}", std::process::id())))
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        // It may never have been written.
        let _gone = fs::remove_file(&self.0);
    }
}

/// The canary inside, around and instead of the bytes of a row.
fn spliced(bytes: &[u8], canary: &str) -> [Vec<u8>; 5] {
    let canary = canary.as_bytes();
    let (start, end) = bytes.split_at(bytes.len() / 2);
    [
        [canary, bytes].concat(),
        [bytes, canary].concat(),
        [start, canary, end].concat(),
        [bytes, canary, bytes].concat(),
        [canary, b" ", bytes].concat(),
    ]
}

#[test]
fn a_token_that_is_refused_is_not_quoted_wherever_it_was_written() {
    let file = TokenFile::new("refused");
    let path = file.0.to_str().unwrap();
    let given = StaticToken::new(secrets::ACCESS_TOKEN).unwrap();
    let mut refusals = Refusals::default();
    for (id, bytes) in corpus("token_value") {
        for bytes in spliced(&bytes, secrets::FILE_CONTENT) {
            fs::write(&file.0, &bytes).unwrap();
            refusals.check(&id, path, fetched(FileToken::new(&file.0), &Issuer::default()));
            // What follows takes text only.
            let Ok(text) = String::from_utf8(bytes) else { continue };
            refusals.check(&id, "token", StaticToken::new(text.clone()));
            refusals.check(&id, "token", given.handle().replace(text.clone()));
            let env = Env::of([("CANARY_TOKEN", text.clone())]);
            refusals.check(&id, "CANARY_TOKEN", fetched(EnvToken::of(env, "CANARY_TOKEN"), &Issuer::default()));
            let secret = Secret::new(text.clone());
            let callback = Callback::new(move || std::future::ready(Ok(secret.clone())));
            refusals.check(&id, "callback", fetched(callback, &Issuer::default()));
            let token = Token::bearer(text.clone()).with_header(x_api_key(), text.clone());
            let own = source_fn(move |_cx| std::future::ready(Ok(token.clone())));
            refusals.check(&id, "header", fetched(own, &Issuer::default()));
            let endpoint = TokenEndpoint::parse("https://iam.example.com/token").unwrap();
            refusals.check(&id, "API key", ApiKey::new(endpoint, text));
        }
    }
    assert!(refusals.0 > 500, "{} were refused", refusals.0);
}

#[test]
fn each_accident_with_a_token_is_named_without_the_token() {
    let mut refusals = Refusals::default();
    let secret = secrets::ACCESS_TOKEN;
    let accidents = [
        format!("\"{secret}\""),
        format!("Bearer {secret}"),
        format!("Authorization: Bearer {secret}"),
        format!("<{secret}>"),
        format!("${{{secret}}}"),
        format!("{{\"token\":\"{secret}\"}}"),
        format!("{secret} {secret}"),
        format!("{secret}\n{secret}"),
        format!("{secret}\u{e9}"),
        secret.repeat(64 * 1024 / secret.len() + 1),
    ];
    for text in &accidents {
        refusals.check(text, "token", StaticToken::new(text.as_str()));
        let endpoint = TokenEndpoint::parse("https://iam.example.com/token").unwrap();
        refusals.check(text, "API key", ApiKey::new(endpoint, format!("{{{text}}}")));
    }
    assert_eq!(refusals.0, 2 * accidents.len());
    let mut missing = Refusals::default();
    let file = TokenFile::new("missing");
    missing.check("no file", file.0.to_str().unwrap(), fetched(FileToken::new(&file.0), &Issuer::default()));
    let folder = std::env::temp_dir();
    missing.check("a folder", folder.to_str().unwrap(), fetched(FileToken::new(&folder), &Issuer::default()));
    let other = Env::of([("OTHER", secrets::ENV_VALUE), ("EMPTY", "")]);
    missing.check("no variable", "TOKEN", fetched(EnvToken::of(other.clone(), "TOKEN"), &Issuer::default()));
    missing.check("an empty one", "EMPTY", fetched(EnvToken::of(other, "EMPTY"), &Issuer::default()));
    assert_eq!(missing.0, 4);
}

/// The canaries in every part of a URL where a secret may be.
fn urls(url: &str) -> Vec<String> {
    let (password, query) = (secrets::PASSWORD, secrets::QUERY_SECRET);
    let user = url.replacen("://", &format!("://user:{password}@"), 1);
    let host = url.replacen("://", &format!("://{password}"), 1);
    vec![
        format!("{user}?key={query}"),
        user,
        host.replacen(password, &format!("{password}@"), 1),
        format!("{url}?apikey={query}"),
        format!("{url}#{query}"),
        format!("{url} {query}"),
        format!("{url}\\{query}"),
        format!("{url}?{query}=%zz"),
        format!("{query}{url}"),
        format!("https://iam.example.com:{query}/token"),
        format!("{url}/../{query}"),
        query.to_owned(),
        format!("{query}:{url}"),
    ]
}

#[test]
fn a_url_that_is_refused_is_not_quoted() {
    let mut refusals = Refusals::default();
    for (id, bytes) in corpus("url") {
        let Ok(url) = String::from_utf8(bytes) else { continue };
        for url in urls(&url) {
            refusals.check(&id, "token url", TokenEndpoint::parse(&url));
            refusals.check(&id, "token url", TokenEndpoint::parse_pinned(&url, &["*.example.com"]));
            refusals.check(&id, "base url", Endpoint::parse(&url));
            refusals.check(&id, "origin", Origin::parse(&url));
            let auth = || Authenticator::builder(StaticToken::new(secrets::ACCESS_TOKEN).unwrap());
            refusals.check(&id, "origin", auth().for_origins([API, &url]).build());
            refusals.check(&id, "origin", auth().connection_bound(&url).build());
            // The builder prints itself before it is asked whether it is right.
            show_nothing(&id, &format!("{:?}", auth().for_origins([&url])));
        }
    }
    assert!(refusals.0 > 2000, "{} were refused", refusals.0);
}

#[test]
fn a_path_that_can_not_be_joined_is_not_quoted() {
    let endpoint = Endpoint::parse("https://api.example.com/v1").unwrap();
    let mut refusals = Refusals::default();
    for path in [format!("items?key={}", secrets::QUERY_SECRET), format!("/items?key={} x", secrets::QUERY_SECRET)] {
        refusals.check(&path, "base url", endpoint.join(&path));
    }
    assert_eq!(refusals.0, 2);
}

#[test]
fn a_client_id_with_a_colon_is_refused_without_the_pair() {
    let secret = Secret::new(secrets::CLIENT_SECRET);
    let endpoint = TokenEndpoint::parse("https://iam.example.com/token").unwrap();
    let mut refusals = Refusals::default();
    for id in [secrets::BASIC_PAIR, ":", &format!("{}:", secrets::API_KEY)] {
        refusals.check(id, "client id", Exchange::new(endpoint.clone()).basic_auth_raw(id, &secret));
    }
    let issuer = Issuer::default();
    refusals.check("a source", "client id", fetched(api_key().client(secrets::BASIC_PAIR, secret), &issuer));
    assert_eq!((refusals.0, issuer.seen().len()), (4, 0), "nothing is sent");
}

#[test]
fn an_answer_that_is_refused_is_not_quoted_whatever_is_wrong_with_it() {
    let mut refusals = Refusals::default();
    for (id, bytes) in corpus("token_response") {
        // Of an error answer the issuer's words are told, but for what it was sent.
        let canary = if id == "error_200" { secrets::API_KEY } else { secrets::ANSWER };
        let mut bodies = spliced(&bytes, canary).to_vec();
        // Where the row has a token or a value, in the place of it; and as one more member.
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let quoted = format!("\"{canary}\"");
            for place in ["\"t\"", "\"a\"", "\"access_token\"", "\"Bearer\"", "\"mac\"", "3600", "123"] {
                bodies.push(text.replace(place, &quoted).into_bytes());
            }
            bodies.push(text.replacen('{', &format!("{{\"vendor\":{quoted},"), 1).into_bytes());
        }
        for body in bodies {
            for status in [StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::SERVICE_UNAVAILABLE, StatusCode::FOUND]
            {
                let issuer = Issuer::default().then(answer(status, body.clone()));
                refusals.check(&id, "iam.example.com|expires_in", fetched(api_key(), &issuer));
            }
        }
    }
    assert!(refusals.0 > 1000, "{} were refused", refusals.0);
}

#[test]
fn a_secret_of_the_wrong_json_type_is_not_quoted() {
    for json in
        ["7238461950273846", "-7238461950273846", "72384619.502738", "[7238461950273846]", "{\"72384619502\":1}"]
    {
        let error = serde_json::from_str::<Secret>(json).unwrap_err();
        for text in table::chain(&error) {
            assert!(!text.contains("72384619"), "{json}: {text}");
        }
    }
}

#[test]
fn credentials_that_are_refused_are_not_quoted() {
    let mut refusals = Refusals::default();
    let mut check = |id: &str, text: String| refusals.check(id, "Skyflow credentials", Credentials::parse(text));
    for (id, bytes) in corpus("credentials_json") {
        for bytes in spliced(&bytes, secrets::FILE_CONTENT) {
            if let Ok(text) = String::from_utf8(bytes) {
                check(&id, text);
            }
        }
    }
    let (good, _) = skyflow_types::credentials();
    let good: serde_json::Value = serde_json::from_str(&good).unwrap();
    for field in ["clientID", "keyID", "tokenURI", "privateKey"] {
        let secret = secrets::API_KEY;
        for bad in [secret.into(), format!("{secret} \n").into(), json!([secret]), json!({secret: secret}), json!(7)] {
            let mut credentials = good.clone();
            credentials[field] = bad;
            check(field, credentials.to_string());
        }
    }
    assert!(refusals.0 > 150, "{} were refused", refusals.0);
}
