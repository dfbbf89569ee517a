//! Whether a credential may follow an endpoint.

use super::Found;
use crate::Error;

/// A file in the working directory may come from anybody: a repository, an archive. If it could say where requests go while
/// the credential stands elsewhere (an argument, the environment, the home folder), whoever wrote it would be sent the
/// credential. So that is an error, unless the program or the profile says `trust_endpoint`.
pub(crate) fn check(endpoint: &Found, credential: &Found, trusted: bool) -> Result<(), Error> {
    let (to, from) = (endpoint.provenance(), credential.provenance());
    if trusted || !to.is_nearby() || from.is_nearby() {
        return Ok(());
    }
    Err(Error::misconfigured(format!(
        "the endpoint stands in a file of the working directory ({to}), the credential does not ({from}): say \
         `trust_endpoint` if it may be sent there"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Provenance;

    #[test]
    fn a_credential_from_elsewhere_does_not_follow_an_endpoint_of_the_working_directory() {
        let file = |nearby| Provenance::File { path: "/w/.env".into(), line: Some(1), key: "X".to_owned(), nearby };
        let found = |place| Found::new("it", "value", place);
        let variable = || Provenance::Variable("T".to_owned());
        assert!(check(&found(file(true)), &found(variable()), false).is_err());
        assert!(check(&found(file(true)), &found(file(false)), false).is_err());
        assert!(check(&found(file(true)), &found(variable()), true).is_ok());
        assert!(check(&found(file(true)), &found(file(true)), false).is_ok());
        assert!(check(&found(file(false)), &found(variable()), false).is_ok());
        assert!(check(&found(Provenance::Default), &found(file(true)), false).is_ok());
    }
}
