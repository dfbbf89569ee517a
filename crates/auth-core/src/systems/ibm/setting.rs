//! The settings, each by all its names.

use crate::systems::Reference;

/// One setting. Its places are an argument, IBM's key behind a service's prefix (`MY_SERVICE_APIKEY`), for watsonx.ai some
/// variables, and keys of a profile.
#[derive(Debug)]
pub(super) struct Setting {
    /// In messages.
    pub(super) what: &'static str,
    pub(super) argument: &'static str,
    /// IBM's keys, without the prefix, first of them first.
    pub(super) keys: &'static [&'static str],
    /// For watsonx.ai, behind `WATSONX_` and the first key.
    pub(super) watsonx: &'static [&'static str],
    pub(super) profile: &'static [&'static str],
    pub(super) secret: bool,
}

const fn plain(
    what: &'static str,
    argument: &'static str,
    keys: &'static [&'static str],
    profile: &'static [&'static str],
) -> Setting {
    Setting { what, argument, keys, watsonx: &[], profile, secret: false }
}

const fn secret(setting: Setting) -> Setting {
    Setting { secret: true, ..setting }
}

pub(super) static AUTH_TYPE: Setting = plain("auth type", "auth_type", &["AUTH_TYPE", "AUTHTYPE"], &["auth_type"]);
pub(super) static URL: Setting = plain("url", "url", &["URL"], &["url", "endpoint"]);
pub(super) static AUTH_URL: Setting = plain("auth url", "auth_url", &["AUTH_URL"], &["auth_url"]);
pub(super) static API_KEY: Setting = Setting {
    watsonx: &["WATSONX_API_KEY"],
    ..secret(plain("API key", "api_key", &["APIKEY"], &["api_key", "apikey"]))
};
pub(super) static TOKEN: Setting = Setting {
    watsonx: &["WATSONX_TOKEN", "USER_ACCESS_TOKEN"],
    ..secret(plain("bearer token", "token", &["BEARER_TOKEN"], &["token", "bearer_token"]))
};
pub(super) static SCOPE: Setting = plain("scope", "scope", &["SCOPE"], &["scope"]);
pub(super) static CLIENT_ID: Setting = plain("client id", "client_id", &["CLIENT_ID"], &["client_id"]);
pub(super) static CLIENT_SECRET: Setting =
    secret(plain("client secret", "client_secret", &["CLIENT_SECRET"], &["client_secret"]));
pub(super) static PROFILE_ID: Setting =
    plain("trusted profile's id", "profile_id", &["IAM_PROFILE_ID"], &["iam_profile_id"]);
pub(super) static PROFILE_NAME: Setting =
    plain("trusted profile's name", "profile_name", &["IAM_PROFILE_NAME"], &["iam_profile_name"]);
pub(super) static PROFILE_CRN: Setting =
    plain("trusted profile's CRN", "profile_crn", &["IAM_PROFILE_CRN"], &["iam_profile_crn"]);
pub(super) static ACCOUNT_ID: Setting =
    plain("trusted profile's account", "account_id", &["IAM_ACCOUNT_ID"], &["iam_account_id"]);
pub(super) static CR_TOKEN_FILE: Setting = plain(
    "compute-resource token's file",
    "cr_token_file",
    &["CR_TOKEN_FILENAME"],
    &["cr_token_file", "cr_token_filename"],
);

pub(super) static TOKEN_FILE: Setting = Setting {
    watsonx: &["RUNTIME_ENV_ACCESS_TOKEN_FILE"],
    ..plain("token's file", "token_file", &[], &["token_file"])
};
pub(super) static REGION: Setting = plain("region", "region", &["REGION"], &["region"]);
pub(super) static PROJECT_ID: Setting = plain("project id", "project_id", &["PROJECT_ID"], &["project_id"]);
pub(super) static SPACE_ID: Setting = Setting {
    watsonx: &["WATSONX_DEPLOYMENT_SPACE_ID"],
    ..plain("space id", "space_id", &["SPACE_ID"], &["space_id"])
};
/// Not `WATSONX_VERSION`, by which others mean that of Cloud Pak for Data.
pub(super) static VERSION: Setting = plain("version", "version", &[], &["version"]);

/// All that IBM's external configuration can say.
pub(super) static ALL: [&Setting; 13] = [
    &AUTH_TYPE,
    &URL,
    &AUTH_URL,
    &API_KEY,
    &TOKEN,
    &SCOPE,
    &CLIENT_ID,
    &CLIENT_SECRET,
    &PROFILE_ID,
    &PROFILE_NAME,
    &PROFILE_CRN,
    &ACCOUNT_ID,
    &CR_TOKEN_FILE,
];

/// All of watsonx.ai's.
static WATSONX: [&Setting; 18] = [
    &URL,
    &REGION,
    &API_KEY,
    &TOKEN,
    &TOKEN_FILE,
    &PROJECT_ID,
    &SPACE_ID,
    &VERSION,
    &AUTH_TYPE,
    &AUTH_URL,
    &SCOPE,
    &CLIENT_ID,
    &CLIENT_SECRET,
    &PROFILE_ID,
    &PROFILE_NAME,
    &PROFILE_CRN,
    &ACCOUNT_ID,
    &CR_TOKEN_FILE,
];

impl Setting {
    /// Its variables for watsonx.ai.
    pub(super) fn watsonx_variables(&self) -> Vec<String> {
        let first = self.keys.first().map(|key| format!("WATSONX_{key}"));
        first.into_iter().chain(self.watsonx.iter().map(ToString::to_string)).collect()
    }

    /// Its keys in the configuration of a service.
    fn service_variables(&self) -> Vec<String> {
        self.keys.iter().map(|key| format!("<SERVICE>_{key}")).collect()
    }

    fn reference(&self, system: &'static str, variables: Vec<String>) -> Reference {
        Reference {
            system,
            name: self.argument.to_owned(),
            about: self.what,
            secret: self.secret,
            variables,
            keys: self.profile.iter().map(ToString::to_string).collect(),
            default: None,
        }
    }
}

pub(in crate::systems) fn reference() -> Vec<Reference> {
    let watsonx = WATSONX.iter().map(|setting| setting.reference("watsonx", setting.watsonx_variables()));
    let cloud = ALL.iter().map(|setting| setting.reference("ibm", setting.service_variables()));
    watsonx.chain(cloud).collect()
}

/// The keys that a profile of watsonx.ai (`true`), or of another service, may have.
#[cfg(feature = "profiles")]
pub(crate) fn keys(watsonx: bool) -> Vec<&'static str> {
    let all: &[&Setting] = if watsonx { &WATSONX } else { &ALL };
    all.iter().flat_map(|setting| setting.profile.iter().copied()).collect()
}

/// What IBM's SDKs know besides, and what becomes of it here.
pub(super) const LEFT_OUT: [(&str, &str); 8] = [
    ("DISABLE_SSL", "certificates are always verified: give the HTTP client the CA instead"),
    ("AUTH_DISABLE_SSL", "certificates are always verified: give the HTTP client the CA instead"),
    ("ENABLE_GZIP", "compression is the HTTP client's"),
    ("ENABLE_RETRIES", "retries are the HTTP client's"),
    ("MAX_RETRIES", "retries are the HTTP client's"),
    ("RETRY_INTERVAL", "retries are the HTTP client's"),
    ("USERNAME", "the types basic and cp4d are not supported"),
    ("PASSWORD", "the types basic and cp4d are not supported"),
];
