//! The formats in which helper programs print tokens.

use std::fmt;

use crate::Error;

/// What a helper program is expected to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExecFormat {
    /// Whatever it is: a JSON object in one of the shapes below (but not Docker's), or else one line with the token and
    /// nothing else.
    ///
    /// Understood in JSON: Kubernetes' `ExecCredential` of either version; `az account get-access-token` (`accessToken`,
    /// `expires_on`; the local time in `expiresOn` is ignored); `gcloud config config-helper` (`credential.access_token`,
    /// `credential.token_expiry`); `databricks auth token` (`access_token`, `expiry`); Google's [executable-sourced
    /// credentials](https://google.aip.dev/auth/4117) (`success`, `id_token`, `expiration_time`); and, as most programs
    /// have it, `access_token`, `accessToken`, `authorizationToken`, `token` or `id_token` beside `expires_in` (seconds) or
    /// `expires_at`, `expires_on`, `expiration`, `expiry` (seconds since 1970, or RFC 3339 with its zone).
    #[default]
    Detect,
    /// One line, the token: `gcloud auth print-access-token`.
    Line,
    /// `ExecCredential` of `client.authentication.k8s.io/v1`. The program is told so by `KUBERNETES_EXEC_INFO`
    /// ([client-go credential plugins](https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins)).
    Kubernetes,
    /// The same of `client.authentication.k8s.io/v1beta1`.
    KubernetesV1Beta1,
    /// AWS' [`credential_process`](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html):
    /// `Version` 1, `SessionToken`, `Expiration`. For services that take the session token by itself: the access keys sign
    /// requests, which is another scheme, and are left alone. That is why this format has to be asked for.
    AwsCredentialProcess,
    /// A Docker credential helper's answer to `get`: `Username` and `Secret`, of which the latter is the token. The helper
    /// reads the server's address: give it with [`Exec::input`](super::Exec::input). It has to be asked for because `Secret`
    /// is mostly a password.
    Docker,
}

impl ExecFormat {
    const NAMES: [(&'static str, Self); 6] = [
        ("detect", Self::Detect),
        ("line", Self::Line),
        ("kubernetes", Self::Kubernetes),
        ("kubernetes-v1beta1", Self::KubernetesV1Beta1),
        ("aws", Self::AwsCredentialProcess),
        ("docker", Self::Docker),
    ];

    /// A format by the name that `Display` gives it: `detect`, `line`, `kubernetes`, `kubernetes-v1beta1`, `aws`, `docker`.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the names there are.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let found = Self::NAMES.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, format)| format).ok_or_else(|| {
            let names = Self::NAMES.map(|(name, _)| name).join(", ");
            Error::misconfigured(format!("there is no such format of a helper program: choose one of {names}"))
        })
    }

    /// The version of the Kubernetes API that is asked for.
    pub(super) fn kubernetes_version(self) -> Option<&'static str> {
        match self {
            Self::Kubernetes => Some("client.authentication.k8s.io/v1"),
            Self::KubernetesV1Beta1 => Some("client.authentication.k8s.io/v1beta1"),
            _ => None,
        }
    }
}

impl fmt::Display for ExecFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.into_iter().find(|(_, format)| format == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_found_by_its_own_name_and_no_other() {
        for (name, format) in ExecFormat::NAMES {
            assert_eq!(ExecFormat::parse(name).unwrap(), format);
            assert_eq!(format.to_string(), name);
        }
        let message = ExecFormat::parse("tok-secret-").unwrap_err().to_string();
        assert!(message.contains("kubernetes-v1beta1") && !message.contains("secret"), "{message}");
    }
}
