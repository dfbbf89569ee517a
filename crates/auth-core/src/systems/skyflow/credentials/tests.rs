//! Every row of the corpus, and what its rows stand for.

use super::*;
use crate::corpus;
use crate::signer::test_keys::{block, pem, pkcs8};

/// Made for this test; nothing trusts it.
const RSA_512: &str = "
        -----BEGIN PRIVATE KEY-----
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

const URI: &str = "https://manage.skyflowapis.com/v1/auth/sa/oauth/token";

/// A JSON string's content.
fn escaped(text: &str) -> String {
    serde_json::to_string(text).unwrap().trim_matches('"').to_owned()
}

/// A row of the corpus with keys in the place of those that it only names.
fn materialized(row: &[u8]) -> String {
    let rsa = pkcs8(Algorithm::Rs256);
    let mut changed = rsa.to_vec();
    changed[100] ^= 1;
    // PKCS#8 is PKCS#1 behind a header that is 26 bytes long for every key of 2048 bits.
    let keys = [
        ("<RSA-2048 PKCS8 PEM>", pem(Algorithm::Rs256)),
        ("-----BEGIN RSA PRIVATE KEY-----\\u2026", block("RSA PRIVATE KEY", &rsa[26..])),
        ("<Ed25519 PKCS8>", pem(Algorithm::EdDsa)),
        ("<RSA-512>", RSA_512.to_owned()),
        ("<PKCS8 cut in half>", block("PRIVATE KEY", &rsa[..rsa.len() / 2])),
        ("<two PEM blocks>", pem(Algorithm::Rs256) + &pem(Algorithm::EdDsa)),
        ("<p*q != n>", block("PRIVATE KEY", &changed)),
    ];
    let row = String::from_utf8(row.to_vec()).unwrap();
    keys.iter().fold(row, |row, (name, key)| row.replace(name, &escaped(key)))
}

/// In the notation of the corpus.
fn outcome(json: &str) -> String {
    match Credentials::read(json, &[]) {
        Ok(_) => "ok:".to_owned(),
        Err(Reason::TokenUri(reason)) => format!("err:{reason:?}"),
        Err(Reason::PrivateKey(reason)) => format!("err:{reason:?}").split(' ').next().unwrap().to_owned(),
        Err(Reason::NotJson { .. }) => "err:NotJson".to_owned(),
        Err(reason) => format!("err:{reason:?}").replace('"', ""),
    }
}

/// Credentials with these fields in the place of the usual ones; `null` takes one away.
fn with(fields: serde_json::Value) -> String {
    let mut all =
        serde_json::json!({"clientID": "c", "keyID": "k", "tokenURI": URI, "privateKey": pem(Algorithm::Rs256)});
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    all.to_string()
}

#[test]
fn every_corpus_row_gets_its_reason() {
    for (id, bytes, expect) in corpus::rows("credentials_json") {
        let outcome = outcome(&materialized(&bytes));
        let said: Vec<&str> = expect.split([' ', '|']).collect();
        assert!(
            said[0].trim_end_matches(':') == outcome.trim_end_matches(':')
                || id == "deep" && outcome == "err:WrongType(clientID)",
            "{id}: {outcome}"
        );
    }
}

#[test]
fn all_spellings_are_read_and_no_two_of_one_field() {
    let key = pem(Algorithm::Rs256);
    for (client, id, uri, private) in [
        ("clientID", "keyID", "tokenURI", "privateKey"),
        ("clientId", "keyId", "tokenUri", "private_key"),
        ("client_id", "key_id", "token_uri", "private_key"),
    ] {
        let json = serde_json::json!({client: "c", id: "k", uri: URI, private: key});
        let read = Credentials::parse(json.to_string()).unwrap();
        assert_eq!((read.client_id(), read.key_id(), read.token_uri()), ("c", "k", URI));
    }
    for (name, other) in [
        ("clientID", "client_id"),
        ("clientID", "clientId"),
        ("keyID", "key_id"),
        ("tokenURI", "tokenUri"),
        ("tokenURI", "token_uri"),
        ("privateKey", "private_key"),
    ] {
        assert_eq!(outcome(&with(serde_json::json!({other: "x"}))), format!("err:DuplicateField({name})"));
        assert_eq!(outcome(&with(serde_json::json!({other: null}))), "ok:", "null is nothing");
    }
    let twice = with(serde_json::json!({})).replacen('{', r#"{"keyID":"k","#, 1);
    assert_eq!(outcome(&twice), "err:DuplicateField(keyID)");
    let escaped = with(serde_json::json!({})).replacen('{', r#"{"client\u0049D":"x","#, 1);
    assert_eq!(outcome(&escaped), "err:DuplicateField(clientID)");
}

#[test]
fn accidents_get_their_own_reason() {
    use serde_json::json;
    for (fields, expect) in [
        (json!({"clientID": null}), "err:MissingField(clientID)"),
        (json!({"keyID": null}), "err:MissingField(keyID)"),
        (json!({"tokenURI": null}), "err:MissingField(tokenURI)"),
        (json!({"privateKey": null}), "err:MissingField(privateKey)"),
        (json!({"clientID": ""}), "err:Empty(clientID)"),
        (json!({"privateKey": ""}), "err:Empty(privateKey)"),
        (json!({"clientID": true}), "err:WrongType(clientID)"),
        (json!({"keyID": {"a": 1}}), "err:WrongType(keyID)"),
        (json!({"tokenURI": [URI]}), "err:WrongType(tokenURI)"),
        (json!({"keyID": " k"}), "err:InvalidChar(keyID)"),
        (json!({"keyID": "k\u{200b}"}), "err:InvalidChar(keyID)"),
        (json!({"clientID": "\u{feff}c"}), "err:InvalidChar(clientID)"),
        (json!({"clientID": "c\u{0}"}), "err:InvalidChar(clientID)"),
        (json!({"clientID": "çlient-東京"}), "ok:"),
        (json!({"clientName": 7, "keyAlgorithm": null}), "ok:"),
        (json!({"tokenURI": "http://manage.skyflowapis.com/t"}), "err:InsecureScheme"),
        (json!({"tokenURI": "https://user:pw@manage.skyflowapis.com/t"}), "err:UserInfo"),
        (json!({"tokenURI": "https://manage.skyflowapis.com@evil.example/t"}), "err:UserInfo"),
        (json!({"tokenURI": "https://manage.skyflowapis.com/t#f"}), "err:Fragment"),
        (json!({"tokenURI": "https://skyflowapis.com/t"}), "err:HostNotAllowed"),
        (json!({"tokenURI": "https://xskyflowapis.com/t"}), "err:HostNotAllowed"),
        (json!({"tokenURI": "https://MANAGE.SkyflowAPIs.com/t"}), "ok:"),
        (json!({"tokenURI": "https://manage.skyflowapis-preview.com/t"}), "ok:"),
        (json!({"tokenURI": "https://127.0.0.1:4430/t"}), "ok:"),
        (json!({"tokenURI": "http://localhost:4430/t"}), "ok:"),
        (json!({"tokenURI": "https://manage.skyflowapis.com\\@evil.example"}), "err:Backslash"),
    ] {
        assert_eq!(outcome(&with(fields.clone())), expect, "{fields}");
    }
    for text in
        ["", " ", "{", "null x", "[1,2", "\u{feff}\u{feff}{}", "/etc/credentials.json", "{\"clientID\":\"\\ud800\"}"]
    {
        assert_eq!(outcome(text), "err:NotJson", "{text}");
    }
    for text in ["null", "[]", "7", "true"] {
        assert_eq!(outcome(text), "err:NotObject", "{text}");
    }
    assert_eq!(outcome(&with(serde_json::json!({"x": "y".repeat(LONGEST)}))), "err:TooLong");
}

#[test]
fn line_breaks_of_the_key_may_be_raw_or_escaped_once_or_twice() {
    let key = pem(Algorithm::Rs256);
    let once = with(serde_json::json!({}));
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&once).unwrap()).unwrap();
    let raw = once.replace(&escaped(&key), &key);
    let windows = raw.replace('\n', "\r\n");
    let twice = once.replace("\\n", "\\\\n");
    for text in [&once, &pretty, &raw, &windows, &twice] {
        assert_eq!(outcome(text), "ok:", "{text:.200}");
    }
    assert_eq!(outcome(&once.replace("\"c\"", "\"c\n\"")), "err:NotJson", "no string but the key");
}

#[test]
fn a_host_of_the_callers_own_is_allowed_by_a_call() {
    let json = with(serde_json::json!({"tokenURI": "https://tokens.example.com/t"}));
    assert!(Credentials::parse(json.clone()).is_err());
    let read = Credentials::parse_with_hosts(json, &["*.example.com"]).unwrap();
    assert_eq!(read.endpoint().host(), "tokens.example.com");
}

#[test]
fn a_file_is_named_with_what_is_wrong_in_it() {
    let folder = std::env::temp_dir().join(format!("auth-core-skyflow-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("credentials.json");
    std::fs::write(&path, "{\n\"clientID\": \"c\",\n\"keyID\": S3cr3t-S3cr3t\n}").unwrap();
    let error = Credentials::from_file(&path).unwrap_err().to_string();
    assert!(error.contains("line 3") && error.contains("credentials.json") && !error.contains("S3cr3t"), "{error}");
    std::fs::write(&path, b"\xff\xfe{\0}\0").unwrap();
    assert!(Credentials::from_file(&path).unwrap_err().to_string().contains("UTF-16"));
    std::fs::write(&path, with(serde_json::json!({}))).unwrap();
    assert!(Credentials::from_file(&path).is_ok());
    std::fs::remove_file(&path).unwrap();
    assert_eq!(Credentials::from_file(&path).unwrap_err().kind(), crate::ErrorKind::Unavailable);
    assert_eq!(Credentials::from_file(&folder).unwrap_err().kind(), crate::ErrorKind::Misconfigured);
    std::fs::remove_dir(&folder).unwrap();
}

#[test]
fn no_message_repeats_eight_bytes_of_the_input() {
    let long = |text: &str| (0..=text.len() - 8).map(|at| text[at..at + 8].to_owned()).collect::<Vec<_>>();
    let ours = "the Skyflow credentials are not JSON: -----BEGIN PRIVATE KEY----- https://host/path clientID keyID tokenURI privateKey";
    for (id, bytes, _) in corpus::rows("credentials_json") {
        let text = materialized(&bytes);
        let Err(reason) = Credentials::read(&text, &[]) else { continue };
        let path = std::path::PathBuf::from("/long".repeat(100));
        let place = Provenance::File { path, line: None, key: String::new(), nearby: false };
        let error = Error::from(reason).at(&place);
        assert_eq!(error.kind(), crate::ErrorKind::Misconfigured);
        let message = error.to_string();
        assert!(message.len() < 300 && !message.ends_with('.'), "{id}: {message}");
        let values: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
        let secret = values["privateKey"].as_str().unwrap_or_default();
        if secret.len() >= 8 && secret.is_ascii() {
            assert!(
                !long(secret).iter().any(|piece| message.contains(piece) && !ours.contains(piece)),
                "{id}: {message}"
            );
        }
    }
}

#[test]
fn no_input_makes_it_panic() {
    corpus::probe_all("credentials_json", b"\"\\{}[]:,\n\r-", |bytes| {
        if let Ok(text) = str::from_utf8(bytes) {
            let _ = Credentials::read(text, &[]);
        }
    });
}

#[test]
fn a_signer_elsewhere_signs_rs256_or_is_refused() {
    use crate::signer::test_keys::key;
    assert!(Credentials::with_signer("c", "k", "https://any.example.com/t", key(Algorithm::Rs256)).is_ok());
    for (client, id, uri, algorithm) in [
        ("c", "k", URI, Algorithm::Es256),
        ("", "k", URI, Algorithm::Rs256),
        ("c", "k\n", URI, Algorithm::Rs256),
        ("c", "k", "http://any.example.com/t", Algorithm::Rs256),
    ] {
        assert!(
            Credentials::with_signer(client, id, uri, key(algorithm)).is_err(),
            "{client:?} {id:?} {uri} {algorithm:?}"
        );
    }
}
