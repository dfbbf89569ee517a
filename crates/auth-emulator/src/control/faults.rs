//! Faults in JSON.

use std::{collections::BTreeMap, time::Duration};

use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use crate::{Answer, Fault, Gate, Origin};

/// One fault, or several on the same request.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMore<S> {
    One(S),
    More(Vec<S>),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Step {
    DelayMs(u64),
    Hold(String),
    Answer(Given),
    Reset,
    Truncated,
    Html,
    Oversized(usize),
    Redirect(Redirect),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    status: u16,
    retry_after: Option<RetryAfter>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    json: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RetryAfter {
    Seconds(u64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Redirect {
    status: u16,
    to: To,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    Main,
    Other,
}

impl OneOrMore<Step> {
    /// `gate` finds a gate by its name, or makes it.
    pub(super) fn fault(self, gate: &impl Fn(String) -> Gate) -> Result<Fault, String> {
        match self {
            Self::One(step) => step.fault(gate),
            Self::More(steps) => {
                Ok(Fault::Sequence(steps.into_iter().map(|step| step.fault(gate)).collect::<Result<_, _>>()?))
            }
        }
    }
}

impl Step {
    fn fault(self, gate: &impl Fn(String) -> Gate) -> Result<Fault, String> {
        Ok(match self {
            Self::DelayMs(millis) => Fault::Delay(Duration::from_millis(millis)),
            Self::Hold(name) => Fault::Hold(gate(name)),
            Self::Answer(given) => Fault::Answer(given.answer()?),
            Self::Reset => Fault::Reset,
            Self::Truncated => Fault::Truncated,
            Self::Html => Fault::Garbage,
            Self::Oversized(len) => Fault::Oversized(len),
            Self::Redirect(Redirect { status, to }) => Fault::Redirect {
                status: as_status(status)?,
                to: match to {
                    To::Main => Origin::Main,
                    To::Other => Origin::Other,
                },
            },
        })
    }
}

impl Given {
    fn answer(self) -> Result<Answer, String> {
        let mut answer = Answer::new(as_status(self.status)?);
        answer = match (self.json, self.body) {
            (Some(_), Some(_)) => return Err("an answer has `json` or `body`, not both".to_owned()),
            (Some(json), None) => answer.with_body("application/json", json.to_string()),
            (None, Some(body)) if has_type(&self.headers) => answer.with_content(body),
            (None, Some(body)) => answer.with_body("text/plain", body),
            (None, None) => answer,
        };
        if let Some(pause) = self.retry_after {
            answer = answer.with_retry_after(as_value(&match pause {
                RetryAfter::Seconds(seconds) => seconds.to_string(),
                RetryAfter::Text(text) => text,
            })?);
        }
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name).map_err(|_| "a header's name is not one".to_owned())?;
            answer = answer.with_header(name, as_value(value)?);
        }
        Ok(answer)
    }
}

fn has_type(headers: &BTreeMap<String, String>) -> bool {
    headers.keys().any(|name| name.eq_ignore_ascii_case(header::CONTENT_TYPE.as_str()))
}

/// A final one: nothing but the connection itself can answer with 1xx.
fn as_status(number: u16) -> Result<StatusCode, String> {
    let status = StatusCode::from_u16(number).ok().filter(|status| !status.is_informational());
    status.ok_or_else(|| "a status is a number from 200 to 999".to_owned())
}

fn as_value(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::try_from(text).map_err(|_| "a header's value can't be sent".to_owned())
}
