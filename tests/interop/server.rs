//! An authorization server of somebody else's, as a program.

use std::ffi::{OsStr, OsString};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::child::Child;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    OidcProvider,
    Authlib,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::OidcProvider, Self::Authlib];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OidcProvider => "oidc-provider",
            Self::Authlib => "Authlib",
        }
    }
}

pub(crate) struct Server {
    child: Child,
    pub(crate) ready: Ready,
    /// For the control, which is ours and no part of the protocol.
    control: reqwest::Client,
}

/// What it says once it listens.
#[derive(Deserialize)]
pub(crate) struct Ready {
    pub(crate) issuer: String,
    pub(crate) port: u16,
    pub(crate) token: String,
    pub(crate) introspection: String,
    pub(crate) revocation: String,
}

/// One that may not listen yet: they come up side by side.
pub(crate) struct Starting(Child);

impl Starting {
    pub(crate) async fn new(program: &[OsString; 2], settings: &Value) -> Self {
        let mut child = Child::start(&program[0], &[OsStr::new(&program[1])], &[]);
        child.write_line(&settings.to_string()).await;
        Self(child)
    }

    pub(crate) async fn server(self) -> Server {
        let mut child = self.0;
        let ready = serde_json::from_str(&child.line().await).unwrap();
        let control = reqwest::Client::builder().no_proxy().build().unwrap();
        Server { child, ready, control }
    }
}

impl Server {
    /// Every request so far, as `POST /token`; the control's own left out.
    pub(crate) async fn requests(&self) -> Vec<String> {
        let asked = self.control.get(self.url("requests")).send().await.unwrap();
        serde_json::from_slice(&asked.bytes().await.unwrap()).unwrap()
    }

    /// The refresh token of a user who has signed in to `client`.
    pub(crate) async fn sign_in(&self, client: &str) -> String {
        let body = json!({ "client_id": client }).to_string();
        let answer = self.control.post(self.url("sign-in")).body(body).send().await.unwrap();
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        answer["refresh_token"].as_str().unwrap().to_owned()
    }

    /// Ends an access token, and nothing with it.
    pub(crate) async fn end(&self, token: &str) {
        let answer = self.control.post(self.url("end")).body(token.to_owned()).send().await.unwrap();
        assert!(answer.status().is_success(), "the server is answered {}", answer.status());
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/control/{path}", self.ready.port)
    }

    pub(crate) async fn ended(self) -> String {
        self.child.ended().await
    }
}
