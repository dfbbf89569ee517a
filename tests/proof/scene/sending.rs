//! Requests of a scene, and what comes of each.

use std::error::Error as StdError;
use std::iter;
use std::sync::atomic::Ordering;
use std::time::Duration;

use auth_core::runtime::Runtime as _;
use bytes::Bytes;
use http::{Request, Response};

use super::Scene;
use crate::front::Front;
use crate::rig::client::Answer;
use crate::rig::{Failed, Load};

/// A request's number, so that what arrived can be compared with what was sent.
pub(super) const NUMBER: &str = "x-number";

/// The client's, which needs no credential to be told apart from the API's errors.
const CLIENTS_OWN: &str = "client";

/// Of a request whose future is dropped before it has ended.
const DROPPED: &str = "dropped";

/// The caller has waited long enough.
const GIVEN_UP: &str = "given up";

impl<F: Front> Scene<F> {
    /// How many requests have an outcome.
    pub(crate) fn ended(&self) -> usize {
        self.ended.load(Ordering::SeqCst)
    }

    /// What came of a request that was not sent from here.
    pub(crate) fn saw(&self, outcome: impl Into<String>) {
        self.outcomes.lock().unwrap().push(outcome.into());
    }

    /// An error that is told before there is an authenticator.
    pub(crate) fn saw_error(&self, error: &auth_core::Error) {
        self.heard(said(error));
        self.saw(error.kind().to_string());
    }

    /// What somebody said, in which no secret may be.
    pub(crate) fn heard(&self, words: impl Into<String>) {
        self.said.lock().unwrap().push(words.into());
    }

    /// What was lost, beyond what shows by itself.
    pub(crate) fn lost(&self, what: impl Into<String>) {
        self.losses.lock().unwrap().push(what.into());
    }

    /// Sends a `GET` to the API, and notes what comes of it.
    pub(crate) async fn get(&self) {
        self.send("GET", Load::default()).await;
    }

    /// Sends this body to the API, and notes what comes of it.
    pub(crate) async fn post(&self, body: impl Into<Bytes>) {
        self.send("POST", Load::Bytes(body.into())).await;
    }

    /// Sends a request to the API, and notes what comes of it. A body that passes once is not compared with what arrives.
    pub(crate) async fn send(&self, method: &str, body: Load) {
        let ending = Ending(Some(self));
        let answer = self.begin(method, body).await;
        ending.with(answer);
    }

    /// The same by a caller that drops the request after this time of the scene's clock.
    pub(crate) async fn send_within(&self, patience: Duration, method: &str, body: Load) {
        let answer = self.begin(method, body);
        let until = self.clock.now().monotonic() + patience;
        tokio::select! {
            answer = answer => self.note(answer),
            () = self.clock.sleep_until(until) => self.end(GIVEN_UP.to_owned()),
        }
    }

    /// Sends a request to the API, whose outcome nobody notes.
    pub(crate) fn begin(&self, method: &str, body: Load) -> Answer {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            sent.push(if let Load::Bytes(bytes) = &body { bytes.clone() } else { Bytes::new() });
            sent.len() - 1
        };
        let url = format!("{}/items", self.api);
        let request = Request::builder().method(method).uri(url).header(NUMBER, number).body(body).unwrap();
        self.client.send(request)
    }

    fn note(&self, answer: Result<Response<Bytes>, Failed>) {
        let outcome = match answer {
            Ok(response) => {
                self.said.lock().unwrap().push(format!("{:?}", response.extensions().get::<auth_core::Outcome>()));
                response.status().as_str().to_owned()
            }
            Err(Failed::Auth(error)) => {
                self.said.lock().unwrap().push(said(&error));
                error.kind().to_string()
            }
            Err(Failed::Client(error)) => {
                self.said.lock().unwrap().push(said(&*error));
                CLIENTS_OWN.to_owned()
            }
        };
        self.end(outcome);
    }

    fn end(&self, outcome: String) {
        self.outcomes.lock().unwrap().push(outcome);
        self.ended.fetch_add(1, Ordering::SeqCst);
    }
}

/// Notes that a request was dropped, unless something came of it.
struct Ending<'a, F: Front>(Option<&'a Scene<F>>);

impl<F: Front> Ending<'_, F> {
    fn with(mut self, answer: Result<Response<Bytes>, Failed>) {
        if let Some(scene) = self.0.take() {
            scene.note(answer);
        }
    }
}

impl<F: Front> Drop for Ending<'_, F> {
    fn drop(&mut self) {
        if let Some(scene) = self.0 {
            scene.end(DROPPED.to_owned());
        }
    }
}

/// All that an error shows in any way.
fn said(error: &(dyn StdError + 'static)) -> String {
    let causes = iter::successors(Some(error), |&error| error.source());
    causes.map(|error| format!("{error} {error:?} {error:#?} ")).collect()
}
