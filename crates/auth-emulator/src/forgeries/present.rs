//! How a token is presented at a place, and what came of it.

use std::time::Duration;

use axum::{body::Body, extract::Request};
use serde_json::json;
use tower_service::Service;

use super::seat::{Kind, NOW, Place, Seat, Stage};
use crate::{Rejection, record::Note, systems::Skyflow};

#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) let_in: bool,
    pub(crate) rejection: Option<Rejection>,
    pub(crate) noted: bool,
}

impl Seat {
    /// Sends it to the very router that serves clients.
    pub(crate) async fn present(&self, stage: &Stage, token: &str) -> Outcome {
        if self.kind == Kind::PersonalAccessToken {
            // As if it had been made here, so that nothing but the verifier can refuse it.
            let id = self.claims["jti"].as_str().unwrap();
            stage.emulator.shared().systems.cape.adopt(id, token, Duration::from_secs(NOW));
        }
        self.send(stage, token).await
    }

    pub(crate) async fn send(&self, stage: &Stage, token: &str) -> Outcome {
        let encoded: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
        let request = match self.place {
            Place::Header(path, name, before) => {
                Request::get(path).header(name, format!("{before}{token}")).body(Body::empty())
            }
            Place::Form(path, form) => Request::post(path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from(format!("{form}{encoded}"))),
            Place::SkyflowToken => Request::post("/skyflow/manage/v1/auth/sa/oauth/token")
                .header("content-type", "application/json")
                .body(Body::from(
                    json!({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": token})
                        .to_string(),
                )),
            Place::Detokenize => {
                let parameters = json!({"detokenizationParameters": [{"token": format!("signed_token_{token}")}]});
                Request::post(format!("/skyflow/vault/v1/vaults/{}/detokenize", Skyflow::VAULT_ID))
                    .header("authorization", format!("Bearer {}", stage.emulator.skyflow().token()))
                    .body(Body::from(parameters.to_string()))
            }
        };
        let response = stage.router.clone().call(request.unwrap()).await.unwrap();
        Outcome {
            let_in: response.status().is_success(),
            rejection: response.extensions().get().copied(),
            noted: response.extensions().get::<Note>().is_some(),
        }
    }
}
