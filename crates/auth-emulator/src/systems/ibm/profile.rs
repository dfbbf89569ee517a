//! The one trusted profile, by each of its names.

use super::Ibm;
use crate::{form::Form, iam_error::IamError};

/// What a request says about the profile it wants.
#[derive(Default)]
pub(crate) struct Wanted {
    pub(crate) id: Option<String>,
    pub(crate) crn: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) account: Option<String>,
}

impl Wanted {
    pub(crate) fn in_form(form: &mut Form) -> Self {
        Self {
            id: form.take("profile_id"),
            crn: form.take("profile_crn"),
            name: form.take("profile_name"),
            account: form.take("account"),
        }
    }

    /// Whether everything that was said is right.
    pub(crate) fn found(&self) -> Result<(), IamError> {
        let fits = |said: &Option<String>, right: &str| said.as_deref().is_none_or(|said| said == right);
        let found = fits(&self.id, Ibm::PROFILE_ID)
            && fits(&self.crn, Ibm::PROFILE_CRN)
            && fits(&self.name, Ibm::PROFILE_NAME)
            && fits(&self.account, Ibm::ACCOUNT);
        if found { Ok(()) } else { Err(IamError::Profile) }
    }
}
