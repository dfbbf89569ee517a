//! URLs of token endpoints and of APIs.

use auth_core::exchange::TokenEndpoint;
use auth_core::settings::{Found, Provenance};
use auth_core::systems::{Cape, IbmCloud, Ivcap};
use auth_core::{Endpoint, Error};

use super::rows::{Parser, Row, rows};

/// The hosts that the corpus takes for the vendor's own.
const HOSTS: [&str; 2] = ["*.example.com", "h"];

/// What a message may repeat: what it asks for.
fn secret(row: &Row) -> Vec<u8> {
    row.text().unwrap().replace("https://", "").replace("http://", "").into_bytes()
}

/// A row as a parser sees it that takes these for granted.
fn without(row: &Row, reasons: &[&str]) -> Row {
    let accepted = row.reason().is_none_or(|reason| reasons.contains(&reason));
    let expect = if accepted { "ok:".to_owned() } else { row.expect.clone() };
    Row { id: row.id.clone(), bytes: row.bytes.clone(), expect }
}

#[test]
fn every_url_gives_its_answer_as_a_token_endpoint() {
    let (mut pinned, mut anywhere, mut ibm) =
        (Parser::new("a pinned token url"), Parser::new("a token url"), Parser::new("ibm's auth_url"));
    for row in rows("url") {
        let text = row.text().unwrap();
        let read = |endpoint: Result<TokenEndpoint, Error>| endpoint.map(|_| String::new());
        let pinned_row = without(&row, &[]);
        pinned.check(&pinned_row, "token url", &secret(&row), read(TokenEndpoint::parse_pinned(text, &HOSTS)));
        let row = without(&row, &["HostNotAllowed"]);
        // Not ASCII, or percent-encoded: no host without a pin either.
        let is_host = TokenEndpoint::parse(text).is_ok() || row.reason().is_some();
        if is_host {
            anywhere.check(&row, "token url", &secret(&row), read(TokenEndpoint::parse(text)));
        } else {
            assert!(matches!(row.id.as_str(), "fullwidth" | "percent_host"), "{}", row.id);
        }
        if !text.trim().is_empty() {
            let access = IbmCloud::new().url("https://h").api_key("k").auth_url(text).access();
            let refused = row.reason().is_some() || !is_host;
            assert!(access.is_err() || !refused, "{}", row.id);
            if refused && is_host {
                ibm.check(&row, "auth_url", &secret(&row), access.map(|_| String::new()));
            }
        }
    }
}

#[test]
fn every_url_gives_its_answer_as_a_base_url() {
    let (mut base, mut setting) = (Parser::new("a base url"), Parser::new("a setting"));
    let (mut cape, mut ivcap) = (Parser::new("cape's host"), Parser::new("ivcap's url"));
    for row in rows("url") {
        let text = row.text().unwrap();
        // Plain http is fine where nothing secret goes, which the origins see to; and nothing is pinned.
        let mut seen = without(&row, &["HostNotAllowed", "InsecureScheme"]);
        if row.expect.contains("err:Query(base url)") {
            seen.expect = "err:Query".to_owned();
        }
        // No hosts in any way of writing: `0x7f000001`, `127.1`, full-width letters, `%2e`.
        if seen.reason().is_none() && Endpoint::parse(text).is_err() {
            assert!(matches!(row.id.as_str(), "fullwidth" | "percent_host" | "http_hex" | "http_short"), "{}", row.id);
            continue;
        }
        base.check(&seen, "base url", &secret(&row), Endpoint::parse(text).map(|_| String::new()));
        let found = Found::new("url", text, Provenance::Variable("ACME_URL".to_owned()));
        setting.check(&seen, "ACME_URL", &secret(&row), found.endpoint().map(|_| String::new()));
        if text.trim().is_empty() {
            continue;
        }
        let read = |access: Result<auth_core::Access, Error>| access.map(|_| String::new());
        cape.check(&seen, "`host`", &secret(&row), read(Cape::new().token("t").host(text).access()));
        ivcap.check(&seen, "`url`", &secret(&row), read(Ivcap::new().token("t").url(text).access()));
    }
}
