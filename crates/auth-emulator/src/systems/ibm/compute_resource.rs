//! `grant_type=urn:ibm:params:oauth:grant-type:cr-token`: a compute resource's own token for one of a trusted profile.

use super::{Ibm, profile::Wanted};
use crate::{form::Form, iam_error::IamError, issuer::Order, shared::Shared};

pub(crate) const GRANT: &str = "urn:ibm:params:oauth:grant-type:cr-token";

pub(crate) fn order(shared: &Shared, form: &mut Form) -> Result<Order, IamError> {
    let token = form.take("cr_token").ok_or(IamError::Missing("cr_token"))?;
    let wanted = Wanted::in_form(form);
    // Here a name will do without the account, which the compute resource itself tells; both id and name must agree.
    if wanted.id.is_none() && wanted.name.is_none() {
        return Err(IamError::Missing("profile_id"));
    }
    if !shared.systems.ibm.knows(&token) {
        return Err(IamError::ComputeResource);
    }
    wanted.found()?;
    Ok(Shared::iam_order(Ibm::PROFILE_ID))
}
