//! `grant_type=urn:ibm:params:oauth:grant-type:assume`: an access token for one of a trusted profile.

use super::{Ibm, profile::Wanted};
use crate::{form::Form, iam_error::IamError, issuer::Order, realm::Realm, shared::Shared};

pub(crate) const GRANT: &str = "urn:ibm:params:oauth:grant-type:assume";

pub(crate) fn order(shared: &Shared, form: &mut Form) -> Result<Order, IamError> {
    let token = form.take("access_token").ok_or(IamError::Missing("access_token"))?;
    shared.verify_for(&[Realm::Iam], &token).map_err(IamError::AccessToken)?;
    let wanted = Wanted::in_form(form);
    match (&wanted.id, &wanted.crn, &wanted.name) {
        (Some(_), None, None) | (None, Some(_), None) => {}
        // A name is unique in its account only.
        (None, None, Some(_)) if wanted.account.is_some() => {}
        (None, None, Some(_)) => return Err(IamError::Missing("account")),
        (None, None, None) => return Err(IamError::Missing("profile_id")),
        _ => return Err(IamError::Several("profile_id, profile_crn, profile_name")),
    }
    wanted.found()?;
    Ok(Shared::iam_order(Ibm::PROFILE_ID))
}
