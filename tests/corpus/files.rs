//! Files: settings, and Skyflow's credentials.

use std::collections::BTreeMap;

use auth_core::settings::{DotEnv, Profiles};
use auth_core::systems::Skyflow;
use auth_core::systems::skyflow::Credentials;
use auth_core::{Env, Error};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::rows::{Folder, Parser, Row, rows};

/// What was read, as the row says it, if it does.
fn told(row: &Row, read: &Value) -> String {
    let wanted: Option<Value> = row.expect.strip_prefix("ok:").and_then(|text| serde_json::from_str(text).ok());
    match wanted {
        Some(wanted) if wanted == *read => row.expect["ok:".len()..].to_owned(),
        None if row.expect.starts_with("ok:(") => {
            let count = read.as_object().map_or(0, serde_json::Map::len);
            let words = row.expect["ok:".len()..].split(' ').nth(1).unwrap_or_default();
            format!("({count} {words}")
        }
        _ => read.to_string(),
    }
}

fn ini(path: &str) -> Result<Value, Error> {
    let env = Env::empty();
    let profiles = Profiles::read_ini(path, &env)?;
    let mut sections = BTreeMap::new();
    for name in profiles.names() {
        let profile = profiles.profile(name)?;
        let mut keys = BTreeMap::new();
        for key in profile.keys() {
            let value = profile.find("value", key, &env)?.map(|found| found.value().to_owned());
            keys.insert(key.to_owned(), value.unwrap_or_default());
        }
        sections.insert(name.to_owned(), keys);
    }
    Ok(json!(sections))
}

#[test]
fn every_ini_file_gives_its_answer() {
    let folder = Folder::new("ini");
    let mut parser = Parser::new("an INI file");
    for row in rows("ini") {
        let path = folder.write(&row.id, &row.bytes);
        parser.check(&row, &path, &row.bytes, ini(&path).map(|read| told(&row, &read)));
    }
}

fn dotenv(path: &str) -> Result<Value, Error> {
    let file = DotEnv::read(path, &Env::empty())?;
    let value = |name: &str| file.get(name).map(|value| value.expose().to_owned());
    Ok(json!(file.names().map(|name| (name.to_owned(), value(name))).collect::<BTreeMap<_, _>>()))
}

#[test]
fn every_env_file_gives_its_answer_by_itself_and_behind_the_environment() {
    let folder = Folder::new("dotenv");
    let (mut file, mut behind) = (Parser::new("a .env file"), Parser::new("a .env file behind the environment"));
    for row in rows("dotenv") {
        let path = folder.write(&row.id, &row.bytes);
        file.check(&row, &path, &row.bytes, dotenv(&path).map(|read| told(&row, &read)));
        let env = Env::of([("A", "from the environment")]).with_dotenv(&path);
        let seen = env.map(|env| {
            assert_eq!(env.get("A").unwrap().as_deref(), Some("from the environment"), "{}", row.id);
            row.expect.strip_prefix("ok:").unwrap_or_default().to_owned()
        });
        behind.check(&row, &path, &row.bytes, seen);
    }
}

/// The key of the recordings, which was made for them.
fn rsa() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/wire/skyflow-v2-bearer-from-path.json");
    let recording: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    recording["inputs"]["files"]["credentials.json"]["privateKey"].as_str().unwrap().to_owned()
}

fn block(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// A row with keys in the place of those that it only names.
fn with_keys(row: &Row) -> String {
    let pem = rsa();
    let der = STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap();
    let mut changed = der.clone();
    changed[100] ^= 1;
    // RFC 8410 section 7: an octet string of 32 bytes behind a fixed header; any will do.
    let ed25519 = block(
        "PRIVATE KEY",
        &[&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20][..], &[7; 32]].concat(),
    );
    let keys = [
        ("<RSA-2048 PKCS8 PEM>", pem.clone()),
        // PKCS#8 is PKCS#1 behind a header that is 26 bytes long for every key of 2048 bits.
        ("-----BEGIN RSA PRIVATE KEY-----\\u2026", block("RSA PRIVATE KEY", &der[26..])),
        ("<Ed25519 PKCS8>", ed25519.clone()),
        ("<RSA-512>", RSA_512.to_owned()),
        ("<PKCS8 cut in half>", block("PRIVATE KEY", &der[..der.len() / 2])),
        ("<two PEM blocks>", pem + &ed25519),
        ("<p*q != n>", block("PRIVATE KEY", &changed)),
    ];
    let escaped = |text: &str| serde_json::to_string(text).unwrap().trim_matches('"').to_owned();
    keys.iter().fold(row.text().unwrap().to_owned(), |row, (name, key)| row.replace(name, &escaped(key)))
}

/// Made for this test; nothing trusts it.
const RSA_512: &str = "-----BEGIN PRIVATE KEY-----
MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAvh6c+rsqAB6LKcNj
FIoNaq24Oe5E+dNEVtn1MafRf2ijpiow/vo4PFupy64czaUvs30CtbZZ5vUpYJou
6AklhwIDAQABAkAosoruDVSvU9p8ZSv3gJngpTFTjVLMm9H8OYoISCFLgW9a1bj3
wz7BqcTQZdCqtw72s7/aH+bBuBbeL0BiMhKBAiEA3XEte9ehemEWjLPFyNN/jsrY
KOjmnJ+qwrFv1eAUbEcCIQDbyhI5u/Qq+xEGf9q7buJIBwzakZn7sXph5fYz/3Zc
wQIgbm6huy/29Jv0bei9SwDGjUR1djlnwFYUB5ILbsKYDMMCIB4c0mBsmuhkm5GL
ZNl3OLNrm9w6RKGSUFUnX5MCNiJBAiEAhMFxgwq29fpg2Me38CVYGkVP8vvzr6VH
+gRjDDhSFp0=
-----END PRIVATE KEY-----
";

#[test]
fn every_credentials_json_gives_its_answer_as_text_file_argument_and_variable() {
    let folder = Folder::new("credentials");
    let mut parsers: Vec<Parser> =
        ["text", "file", "argument", "variable", "path"].into_iter().map(Parser::new).collect();
    for mut row in rows("credentials_json") {
        let text = with_keys(&row);
        if row.id == "deep" {
            row.expect = "err:WrongType".to_owned();
        }
        let path = folder.write(&row.id, text.as_bytes());
        // Only the key is a secret; that of some rows is a marker, which messages may name.
        let values: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
        let key =
            values["privateKey"].as_str().unwrap_or_default().replace("-----BEGIN", "").replace("PRIVATE KEY", "");
        let read = |answer: Result<Credentials, Error>| answer.map(|_| String::new());
        let url = "https://a.vault.skyflowapis.com";
        let answers = [
            ("credentials", read(Credentials::parse(text.as_str()))),
            (path.as_str(), read(Credentials::from_file(&path))),
            ("`credentials`", Skyflow::new().credentials(text.as_str()).vault_url(url).access().map(|_| String::new())),
            (
                "SKYFLOW_CREDENTIALS",
                Skyflow::from_env(&Env::of([("SKYFLOW_CREDENTIALS", &text)]))
                    .vault_url(url)
                    .access()
                    .map(|_| String::new()),
            ),
            (path.as_str(), Skyflow::new().credentials_path(&path).vault_url(url).access().map(|_| String::new())),
        ];
        for (parser, (place, answer)) in parsers.iter_mut().zip(answers) {
            parser.check(&row, place, key.as_bytes(), answer);
        }
    }
}
