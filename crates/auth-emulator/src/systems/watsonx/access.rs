//! Who may use watsonx.ai: whoever has a token of IAM.

use http::HeaderMap;

use super::{Watsonx, error::Problem};
use crate::{Claims, realm::Realm, sent, shared::Shared};

pub(crate) fn authenticated(shared: &Shared, headers: &HeaderMap) -> Result<Claims, Problem> {
    let token = sent::bearer(headers).ok_or_else(Problem::no_token)?;
    shared.verify_for(&[Realm::Iam], token).map_err(Problem::token)
}

pub(crate) fn project(id: &str) -> Result<(), Problem> {
    match id {
        Watsonx::PROJECT_ID => Ok(()),
        Watsonx::FORBIDDEN_PROJECT_ID => Err(Problem::forbidden("The user is not a member of the project")),
        _ => Err(Problem::not_found("project_not_found", "Failed to find the project")),
    }
}

pub(crate) fn space(id: &str) -> Result<(), Problem> {
    match id {
        Watsonx::SPACE_ID => Ok(()),
        _ => Err(Problem::not_found("space_not_found", "Failed to find the space")),
    }
}
