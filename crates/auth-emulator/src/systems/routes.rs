//! The endpoints of all systems, by what can go wrong with them.

use std::sync::Arc;

use axum::{
    Router,
    routing::{any, delete, get, post, put},
};

use super::{cape, ibm, ivcap, oauth, paths, podstack, remote, skyflow, watsonx};
use crate::shared::Shared;

type Routes = Router<Arc<Shared>>;

/// What takes the faults of token endpoints.
pub(crate) fn token_endpoints() -> Routes {
    Router::new()
        .route(paths::METADATA_TOKEN, put(ibm::metadata::identity_token))
        .route(paths::METADATA_IAM_TOKEN, post(ibm::metadata::iam_token))
        .route(paths::SKYFLOW_TOKEN, post(skyflow::token::token))
        .route(paths::SKYFLOW_BACKEND, any(skyflow::backend::token))
        .route(paths::IVCAP_TOKEN, post(ivcap::token::token))
        .route(paths::IVCAP_DEVICE, post(ivcap::device::code))
        .route(paths::OAUTH_TOKEN, post(oauth::token::token))
        .route(paths::REMOTE_TOKEN, any(remote::token))
}

/// What takes the faults of APIs.
pub(crate) fn apis() -> Routes {
    Router::new().merge(watsonx()).merge(skyflow()).merge(cape()).merge(podstack()).merge(ivcap())
}

fn watsonx() -> Routes {
    Router::new()
        .route("/watsonx/ml/v1/text/generation", post(watsonx::generation::generate))
        .route("/watsonx/v2/projects/{id}", get(watsonx::projects::project))
}

fn skyflow() -> Routes {
    Router::new()
        .route("/skyflow/vault/v1/vaults/{vault}/{table}", get(skyflow::vault::get).post(skyflow::vault::insert))
        .route("/skyflow/vault/v1/vaults/{vault}/detokenize", post(skyflow::detokenize::detokenize))
        .route("/skyflow/gateway/v1/gateway/outboundRoutes/{*route}", any(skyflow::gateway::invoke))
        .route("/skyflow/manage/v1/serviceAccounts", post(skyflow::management::create_account))
        .route(
            "/skyflow/manage/v1/serviceAccounts/{account}/apiKeys",
            get(skyflow::management::list_keys).post(skyflow::management::create_key),
        )
        .route("/skyflow/manage/v1/serviceAccounts/{account}/apiKeys/{key}", delete(skyflow::management::delete_key))
        .route(
            "/skyflow/manage/v1/serviceAccounts/{account}/apiKeys/{key}/{verb}",
            post(skyflow::management::change_key),
        )
}

fn cape() -> Routes {
    Router::new()
        .route("/cape/v1/token", post(cape::management::create))
        .route("/cape/v1/tokens", get(cape::management::list))
        .route("/cape/v1/token/{id}", delete(cape::management::delete))
        .route("/cape/v1/run/{function}", get(cape::run::run))
}

fn podstack() -> Routes {
    Router::new()
        .route("/podstack/v1/auth/whoami", get(podstack::api::whoami))
        .route("/podstack/v1/projects", get(podstack::api::projects).post(podstack::api::create_project))
        .route("/podstack/v1/projects/{id}", get(podstack::api::project))
        .route("/podstack/api/v1/experiments", get(podstack::api::experiments))
}

fn ivcap() -> Routes {
    Router::new()
        .route("/ivcap/1/services2", get(ivcap::services::list))
        .route("/ivcap/1/services2/{id}", get(ivcap::services::one))
        .route("/ivcap/sidecar/1/services2", get(ivcap::sidecar::list))
}
