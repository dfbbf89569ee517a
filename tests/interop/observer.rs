//! The observer of truth: what the server itself says of a token (RFC 7662), and its end (RFC 7009). Nothing of ours is in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::certificates::Trust;
use crate::registered::WithSecret;
use crate::server::Ready;

#[derive(Clone)]
pub(crate) struct Observer {
    client: reqwest::Client,
    authorization: String,
    introspection: String,
    revocation: String,
}

impl Observer {
    pub(crate) fn new(server: &Ready, trust: &Trust, who: &WithSecret) -> Self {
        let client = trust.reqwest(reqwest::Client::builder()).build().unwrap();
        let authorization = format!("Basic {}", STANDARD.encode(format!("{}:{}", who.id, who.secret)));
        let url = |path: &str| format!("{}{path}", server.issuer);
        let (introspection, revocation) = (url(&server.introspection), url(&server.revocation));
        Self { client, authorization, introspection, revocation }
    }

    /// What the server says of a token, if it calls it active.
    pub(crate) async fn active(&self, token: &str) -> Option<Value> {
        let answer = self.ask(&self.introspection, token).await;
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        (answer["active"] == true).then_some(answer)
    }

    /// Revokes it, and sees to it that it is.
    pub(crate) async fn revoke(&self, token: &str) {
        self.ask(&self.revocation, token).await;
        assert!(self.active(token).await.is_none(), "a token is active after its revocation");
    }

    /// Asks for a page that there is not.
    pub(crate) async fn visit(&self, url: &str) {
        let answer = self.client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), reqwest::StatusCode::NOT_FOUND);
    }

    async fn ask(&self, url: &str, token: &str) -> Vec<u8> {
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish();
        let request = self.client.post(url).header("authorization", &self.authorization);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "the observer is answered {}", answer.status());
        answer.bytes().await.unwrap().into()
    }
}
