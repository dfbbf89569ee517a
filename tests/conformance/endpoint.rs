//! The scripted token endpoint: a transport that answers by itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use auth_core::{Error, Transport};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use super::assertion::Assertions;
use super::case::EndpointAnswer;
use super::clock::Clock;
use super::moments::{Tokens, fill_in};
use super::script::Script;

pub(crate) struct ScriptedEndpoint {
    pub(crate) script: Script<EndpointAnswer>,
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) assertions: Assertions,
    pub(crate) forms: Forms,
}

/// What was sent so far.
pub(crate) type Forms = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

#[async_trait]
impl Transport for ScriptedEndpoint {
    async fn send(&self, request: Request<Bytes>, _limit: usize) -> Result<Response<Bytes>, Error> {
        self.assertions.note(request.body(), &self.clock);
        let form = form_urlencoded::parse(request.body()).into_owned().collect();
        self.forms.lock().unwrap().push(form);
        let answer = self.script.next(|_| true);
        let answer = answer.ok_or_else(|| Error::misconfigured("the case does not foresee this request"))?;
        self.clock.sleep(answer.takes).await;
        if answer.unreachable {
            return Err(Error::transient("the token endpoint could not be reached").never_sent());
        }
        Ok(self.response(&answer))
    }
}

impl ScriptedEndpoint {
    fn response(&self, answer: &EndpointAnswer) -> Response<Bytes> {
        let mut response = Response::builder().status(answer.status);
        for (name, value) in &answer.headers {
            let value = fill_in(value, &self.clock, &self.tokens);
            response = response.header(name, value.as_str().expect("a header's value is a string"));
        }
        let body = match fill_in(&answer.body, &self.clock, &self.tokens) {
            Value::String(text) => text,
            body => {
                if let Some(name) = body["access_token"].as_str()
                    && self.tokens.name_in(name).is_none()
                {
                    self.tokens.issue(name, None, &self.clock);
                }
                body.to_string()
            }
        };
        response.body(Bytes::from(body)).unwrap()
    }
}
