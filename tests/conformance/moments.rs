//! Moments and JWTs inside scripted answers: written as times of the case, sent as the notations of the wire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::case::Jwt;
use super::clock::Clock;

/// The tokens that were given out, by what they look like on the wire.
#[derive(Clone, Default)]
pub(crate) struct Tokens(Arc<Mutex<HashMap<String, String>>>);

impl Tokens {
    /// What a token looks like on the wire: its name, or a JWT.
    pub(crate) fn issue(&self, name: &str, jwt: Option<Jwt>, clock: &Clock) -> String {
        let secret = jwt.map_or_else(|| name.to_owned(), |jwt| encode(name, jwt, clock));
        self.0.lock().unwrap().insert(secret.clone(), name.to_owned());
        secret
    }

    /// The name of the token that a header's value holds, with a scheme in front or without.
    pub(crate) fn name_in(&self, value: &str) -> Option<String> {
        let tokens = self.0.lock().unwrap();
        value.rsplit(' ').next().and_then(|secret| tokens.get(secret)).cloned()
    }
}

fn encode(name: &str, jwt: Jwt, clock: &Clock) -> String {
    let mut claims = json!({ "jti": name, "exp": epoch(jwt.exp, clock) });
    if let Some(iat) = jwt.iat {
        claims["iat"] = json!(epoch(iat, clock));
    }
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn epoch(time: f64, clock: &Clock) -> u64 {
    clock.wall_at(time).duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Replaces `{"$epoch": t}`, `{"$rfc3339": t}`, `{"$http_date": t}`, `{"$jwt": {..}}`, wherever they stand, and notes the
/// access token.
pub(crate) fn fill_in(value: &Value, clock: &Clock, tokens: &Tokens) -> Value {
    match value {
        Value::Object(members) => match members.iter().next() {
            Some((notation, argument)) if members.len() == 1 && notation.starts_with('$') => {
                moment(notation, argument, clock, tokens)
            }
            _ => members.iter().map(|(name, member)| (name.clone(), fill_in(member, clock, tokens))).collect(),
        },
        Value::Array(items) => items.iter().map(|item| fill_in(item, clock, tokens)).collect(),
        other => other.clone(),
    }
}

fn moment(notation: &str, argument: &Value, clock: &Clock, tokens: &Tokens) -> Value {
    let at = || clock.wall_at(argument.as_f64().expect("a moment is a number of seconds"));
    match notation {
        "$epoch" => json!(at().duration_since(UNIX_EPOCH).unwrap().as_secs()),
        "$rfc3339" => json!(jiff::Timestamp::try_from(at()).unwrap().to_string()),
        "$http_date" => json!(httpdate::fmt_http_date(at())),
        "$jwt" => {
            let name = argument["name"].as_str().expect("a JWT has a name");
            let jwt = Jwt { iat: argument["iat"].as_f64(), exp: argument["exp"].as_f64().expect("a JWT has an end") };
            json!(tokens.issue(name, Some(jwt), clock))
        }
        other => panic!("{other} is no notation that this runner knows"),
    }
}
