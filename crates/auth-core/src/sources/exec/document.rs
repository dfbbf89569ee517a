//! The JSON objects that helper programs print.

use std::borrow::Cow;
use std::time::Duration;

use super::format::ExecFormat;
use super::output::{End, OutputError, Printed};
use crate::exchange::answer::AnswerError;
use crate::exchange::answer::fields::{MAX_EPOCH_SECONDS, Raw, read_object};
use crate::{Secret, token_value};

/// Where tokens are, most telling first.
const TOKENS: [&str; 5] = ["access_token", "accessToken", "authorizationToken", "token", "id_token"];
/// Where their ends are. Not `expiresOn`, which `az` writes in local time without saying so.
const ENDS: [&str; 8] =
    ["expires_on", "expires_at", "expiresAt", "expiration", "expiration_time", "expiry", "token_expiry", "Expiration"];
/// What else is looked at.
const OTHERS: [&str; 16] = [
    "apiVersion",
    "kind",
    "status",
    "credential",
    "version",
    "Version",
    "success",
    "code",
    "token_type",
    "tokenType",
    "expires_in",
    "AccessKeyId",
    "SecretAccessKey",
    "SessionToken",
    "Username",
    "Secret",
];

/// The known members of an object.
struct Members(Vec<(Cow<'static, str>, Raw)>);

pub(super) fn parse(text: &[u8], format: ExecFormat) -> Result<Printed, OutputError> {
    let mut object = read(text)?;
    match format {
        ExecFormat::Kubernetes | ExecFormat::KubernetesV1Beta1 => kubernetes(object, format),
        ExecFormat::Docker => {
            object.get("Username").ok_or(OutputError::MissingField("Username"))?;
            Ok(Printed { token: object.token("Secret")?.ok_or(OutputError::MissingField("Secret"))?, end: None })
        }
        ExecFormat::AwsCredentialProcess => {
            object.check_version(true)?;
            let token = object.token("SessionToken")?.ok_or(OutputError::MissingField("SessionToken"))?;
            Ok(Printed { token, end: object.end()? })
        }
        ExecFormat::Detect | ExecFormat::Line => detect(object),
    }
}

fn detect(mut object: Members) -> Result<Printed, OutputError> {
    if ["apiVersion", "kind", "status"].iter().any(|name| object.get(name).is_some()) {
        return kubernetes(object, ExecFormat::Detect);
    }
    object.check_version(false)?;
    match object.get("success") {
        None | Some(Raw::Bool(true)) => {}
        Some(Raw::Bool(false)) => return Err(OutputError::Reported(object.code())),
        Some(_) => return Err(OutputError::WrongType("success")),
    }
    if let Some(credential) = object.take("credential") {
        object = Members::of(credential, "credential")?;
    }
    object.check_token_type()?;
    for name in TOKENS {
        if let Some(token) = object.token(name)? {
            return Ok(Printed { token, end: object.end()? });
        }
    }
    let is_aws = object.get("AccessKeyId").is_some() || object.get("SecretAccessKey").is_some();
    Err(if is_aws { OutputError::AccessKeys } else { OutputError::MissingField("access_token") })
}

/// Strict, as kubectl is: whoever prints such an object says which version of it.
fn kubernetes(mut object: Members, format: ExecFormat) -> Result<Printed, OutputError> {
    let says = |name: &str, wanted: &str| matches!(object.get(name), Some(Raw::Text(text)) if text == wanted);
    if !says("kind", "ExecCredential") {
        return Err(OutputError::WrongKind);
    }
    let both = [ExecFormat::Kubernetes, ExecFormat::KubernetesV1Beta1];
    let mut versions = both.into_iter().filter(|version| format == ExecFormat::Detect || format == *version);
    if !versions.any(|version| version.kubernetes_version().is_some_and(|version| says("apiVersion", version))) {
        return Err(OutputError::WrongApiVersion);
    }
    let status = object.take("status").ok_or(OutputError::MissingField("status"))?;
    let Raw::Members(members) = &status else { return Err(OutputError::WrongType("status")) };
    for name in ["token", "expirationTimestamp", "clientCertificateData", "clientKeyData"] {
        if members.iter().filter(|(known, _)| known == name).count() > 1 {
            return Err(OutputError::DuplicateField(name.into()));
        }
    }
    let has = |name: &str| match status.member(name) {
        None => false,
        Some(Raw::Text(text)) => !text.is_empty(),
        Some(_) => true,
    };
    let (certificate, key) = (has("clientCertificateData"), has("clientKeyData"));
    if certificate != key {
        return Err(OutputError::HalfCertificate);
    }
    let end = status.member("expirationTimestamp").map(instant).transpose()?;
    let Raw::Members(members) = status else { return Err(OutputError::WrongType("status")) };
    let token = members.into_iter().find(|(name, _)| name == "token").map(|(_, token)| token);
    match token {
        Some(token) => Ok(Printed { token: secret(token, "status.token")?, end }),
        None if certificate => Err(OutputError::CertificateOnly),
        None => Err(OutputError::MissingField("status.token")),
    }
}

fn read(text: &[u8]) -> Result<Members, OutputError> {
    const COUNT: usize = TOKENS.len() + ENDS.len() + OTHERS.len();
    let mut names = [""; COUNT];
    for (name, known) in names.iter_mut().zip(TOKENS.into_iter().chain(ENDS).chain(OTHERS)) {
        *name = known;
    }
    let found = read_object(text, names).map_err(|reason| match reason {
        AnswerError::NotObject => OutputError::NotObject,
        _ => OutputError::NotJson,
    })?;
    if let Some(name) = found.duplicate {
        return Err(OutputError::DuplicateField(name.into()));
    }
    let members = names.into_iter().zip(found.values);
    Ok(Members(members.filter_map(|(name, value)| Some((Cow::Borrowed(name), value?))).collect()))
}

impl Members {
    /// Of an object inside the object.
    fn of(object: Raw, name: &'static str) -> Result<Self, OutputError> {
        let Raw::Members(members) = object else { return Err(OutputError::WrongType(name)) };
        let mut known: Vec<(Cow<'static, str>, Raw)> = Vec::new();
        for (name, value) in members {
            let Some(name) = TOKENS.into_iter().chain(ENDS).chain(OTHERS).find(|known| *known == name) else {
                continue;
            };
            if known.iter().any(|(known, _)| known == name) {
                return Err(OutputError::DuplicateField(name.into()));
            }
            known.push((Cow::Borrowed(name), value));
        }
        Ok(Self(known))
    }

    fn get(&self, name: &str) -> Option<&Raw> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn take(&mut self, name: &str) -> Option<Raw> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn token(&mut self, name: &'static str) -> Result<Option<Secret>, OutputError> {
        self.take(name).map(|value| secret(value, name)).transpose()
    }

    fn end(&self) -> Result<Option<End>, OutputError> {
        // What is no single value says nothing in a way that we know: `gcloud --format=json` has an object of its parts.
        let ends = ENDS.iter().filter_map(|name| self.get(name)).find(|end| !matches!(end, Raw::Members(_)));
        if let Some(end) = ends {
            return instant(end).map(Some);
        }
        let lifetime = self.get("expires_in");
        lifetime.map(|raw| raw.duration().map(End::In).ok_or(OutputError::InvalidExpiry)).transpose()
    }

    fn check_version(&self, is_needed: bool) -> Result<(), OutputError> {
        match self.get("version").or_else(|| self.get("Version")) {
            Some(version) if version.number() == Some(1.0) => Ok(()),
            Some(_) => Err(OutputError::UnsupportedVersion),
            None if is_needed => Err(OutputError::MissingField("Version")),
            None => Ok(()),
        }
    }

    fn check_token_type(&self) -> Result<(), OutputError> {
        // The first three of RFC 8693 section 3 are sent as they are; SAML is not.
        const BEARERS: [&str; 5] = [
            "",
            "Bearer",
            "urn:ietf:params:oauth:token-type:jwt",
            "urn:ietf:params:oauth:token-type:id_token",
            "urn:ietf:params:oauth:token-type:access_token",
        ];
        match self.get("token_type").or_else(|| self.get("tokenType")) {
            None => Ok(()),
            Some(Raw::Text(text)) if BEARERS.iter().any(|bearer| bearer.eq_ignore_ascii_case(text)) => Ok(()),
            Some(_) => Err(OutputError::UnsupportedTokenType),
        }
    }

    /// The code of a failure, if it is one: it is shown, so it has to be too short for a secret.
    fn code(&self) -> Option<String> {
        match self.get("code")? {
            Raw::Number(number) if number.fract() == 0.0 && (0.0..1000.0).contains(number) => {
                Some(format!("{number:.0}"))
            }
            Raw::Text(text)
                if (1..8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
            {
                Some(text.clone())
            }
            _ => None,
        }
    }
}

fn secret(value: Raw, name: &'static str) -> Result<Secret, OutputError> {
    let Raw::Text(text) = value else { return Err(OutputError::WrongType(name)) };
    let token = Secret::new(text);
    token_value::check(token.expose()).map_err(OutputError::Token)?;
    Ok(token)
}

/// Seconds since 1970 or a date of RFC 3339. A number past the year 9999 is in some other unit, and no end at all.
fn instant(value: &Raw) -> Result<End, OutputError> {
    let moment = match value.number() {
        Some(seconds) if (0.0..=MAX_EPOCH_SECONDS).contains(&seconds) => Duration::try_from_secs_f64(seconds)
            .ok()
            .and_then(|since| std::time::SystemTime::UNIX_EPOCH.checked_add(since)),
        Some(_) => None,
        None => value.moment(),
    };
    moment.map(End::At).ok_or(OutputError::InvalidExpiry)
}
