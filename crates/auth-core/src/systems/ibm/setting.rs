//! The settings, each by all its names.

use super::external;
use crate::settings::Setting;
use crate::systems::Reference;

/// A setting, and what IBM's external configuration calls it behind the service's prefix, first of them first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) setting: Setting,
    pub(super) external: &'static [&'static str],
}

impl Known {
    const fn new(setting: Setting, external: &'static [&'static str]) -> Self {
        Self { setting, external }
    }

    /// Its name, and the argument's.
    pub(super) const fn name(&self) -> &'static str {
        self.setting.name()
    }
}

pub(super) const AUTH_TYPE: Known = Known::new(
    Setting::new("auth_type", "how to authenticate: iam, iamAssume, container, vpc, bearertoken or noauth")
        .with_variables(&["WATSONX_AUTH_TYPE"])
        .with_keys(&["auth_type"]),
    &["AUTH_TYPE", "AUTHTYPE"],
);
pub(super) const URL: Known = Known::new(
    Setting::new("url", "the base URL").with_variables(&["WATSONX_URL"]).with_keys(&["url", "endpoint"]),
    &["URL"],
);
pub(super) const AUTH_URL: Known = Known::new(
    Setting::new("auth_url", "another IAM than `https://iam.cloud.ibm.com`; for vpc, another metadata service")
        .with_variables(&["WATSONX_AUTH_URL"])
        .with_keys(&["auth_url"]),
    &["AUTH_URL"],
);
pub(super) const API_KEY: Known = Known::new(
    Setting::secret("api_key", "an API key of IBM Cloud")
        .with_variables(&["WATSONX_APIKEY", "WATSONX_API_KEY"])
        .with_keys(&["api_key", "apikey"]),
    &["APIKEY"],
);
pub(super) const TOKEN: Known = Known::new(
    Setting::secret("token", "an access token that somebody else renews")
        .with_variables(&["WATSONX_TOKEN", "USER_ACCESS_TOKEN"])
        .with_keys(&["token", "bearer_token"]),
    &["BEARER_TOKEN"],
);
pub(super) const SCOPE: Known = Known::new(
    Setting::new("scope", "the scope to ask for").with_variables(&["WATSONX_SCOPE"]).with_keys(&["scope"]),
    &["SCOPE"],
);
pub(super) const CLIENT_ID: Known = Known::new(
    Setting::new("client_id", "the client id, with a client secret")
        .with_variables(&["WATSONX_CLIENT_ID"])
        .with_keys(&["client_id"]),
    &["CLIENT_ID"],
);
pub(super) const CLIENT_SECRET: Known = Known::new(
    Setting::secret("client_secret", "the client secret, with a client id")
        .with_variables(&["WATSONX_CLIENT_SECRET"])
        .with_keys(&["client_secret"]),
    &["CLIENT_SECRET"],
);
pub(super) const PROFILE_ID: Known = Known::new(
    Setting::new("iam_profile_id", "the trusted profile's id")
        .with_variables(&["WATSONX_IAM_PROFILE_ID"])
        .with_keys(&["iam_profile_id"]),
    &["IAM_PROFILE_ID"],
);
pub(super) const PROFILE_NAME: Known = Known::new(
    Setting::new("iam_profile_name", "the trusted profile's name")
        .with_variables(&["WATSONX_IAM_PROFILE_NAME"])
        .with_keys(&["iam_profile_name"]),
    &["IAM_PROFILE_NAME"],
);
pub(super) const PROFILE_CRN: Known = Known::new(
    Setting::new("iam_profile_crn", "the trusted profile's Cloud Resource Name")
        .with_variables(&["WATSONX_IAM_PROFILE_CRN"])
        .with_keys(&["iam_profile_crn"]),
    &["IAM_PROFILE_CRN"],
);
pub(super) const ACCOUNT_ID: Known = Known::new(
    Setting::new("iam_account_id", "the account that the trusted profile's name is looked for in")
        .with_variables(&["WATSONX_IAM_ACCOUNT_ID"])
        .with_keys(&["iam_account_id"]),
    &["IAM_ACCOUNT_ID"],
);
pub(super) const CR_TOKEN_FILE: Known = Known::new(
    Setting::new("cr_token_file", "the file with the compute resource's token, else where IBM Cloud mounts it")
        .with_variables(&["WATSONX_CR_TOKEN_FILENAME"])
        .with_keys(&["cr_token_file", "cr_token_filename"]),
    &["CR_TOKEN_FILENAME"],
);

pub(super) const TOKEN_FILE: Known = Known::new(
    Setting::new("token_file", "the file in which somebody renews an access token")
        .with_variables(&["RUNTIME_ENV_ACCESS_TOKEN_FILE"])
        .with_keys(&["token_file"]),
    &[],
);
pub(super) const REGION: Known = Known::new(
    Setting::new("region", "the region, such as `us-south`, in place of a URL")
        .with_variables(&["WATSONX_REGION"])
        .with_keys(&["region"]),
    &[],
);
pub(super) const PROJECT_ID: Known = Known::new(
    Setting::new("project_id", "the project that requests are for")
        .with_variables(&["WATSONX_PROJECT_ID"])
        .with_keys(&["project_id"]),
    &[],
);
pub(super) const SPACE_ID: Known = Known::new(
    Setting::new("space_id", "the deployment space that requests are for")
        .with_variables(&["WATSONX_SPACE_ID", "WATSONX_DEPLOYMENT_SPACE_ID"])
        .with_keys(&["space_id"]),
    &[],
);
/// Has no variable: by `WATSONX_VERSION` others mean that of Cloud Pak for Data.
pub(super) const VERSION: Known =
    Known::new(Setting::new("version", "the version of the API, a date").with_keys(&["version"]), &[]);

/// All that IBM's external configuration can say.
pub(super) const EXTERNAL: [Known; 13] = [
    AUTH_TYPE,
    URL,
    AUTH_URL,
    API_KEY,
    TOKEN,
    SCOPE,
    CLIENT_ID,
    CLIENT_SECRET,
    PROFILE_ID,
    PROFILE_NAME,
    PROFILE_CRN,
    ACCOUNT_ID,
    CR_TOKEN_FILE,
];

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

const IGNORED: Setting = Setting::new("", "");

/// What can be set for [`IbmCloud`](super::IbmCloud): arguments and keys of a profile. Variables have the service's prefix.
pub const SETTINGS: [Setting; 13] = {
    let mut settings = [AUTH_TYPE.setting; 13];
    let mut at = 0;
    while at < settings.len() {
        settings[at] = EXTERNAL[at].setting.with_variables(&[]);
        at += 1;
    }
    settings
};

/// What can be set for [`Watsonx`](super::Watsonx).
pub const WATSONX_SETTINGS: [Setting; 18] = [
    URL.setting,
    REGION.setting,
    API_KEY.setting,
    TOKEN.setting,
    TOKEN_FILE.setting,
    PROJECT_ID.setting,
    SPACE_ID.setting,
    VERSION.setting,
    AUTH_TYPE.setting,
    AUTH_URL.setting,
    SCOPE.setting,
    CLIENT_ID.setting,
    CLIENT_SECRET.setting,
    PROFILE_ID.setting,
    PROFILE_NAME.setting,
    PROFILE_CRN.setting,
    ACCOUNT_ID.setting,
    CR_TOKEN_FILE.setting,
];

/// All of it for the reference. For a service, the variables have its name in front.
pub(in crate::systems) fn reference() -> Vec<Reference> {
    let watsonx = WATSONX_SETTINGS.iter().map(|setting| Reference::of("watsonx", setting));
    let service = EXTERNAL.iter().zip(&SETTINGS).map(|(known, setting)| {
        let variables = known.external.iter().map(|key| format!("<SERVICE>_{key}")).collect();
        Reference { variables, ..Reference::of("ibm", setting) }
    });
    let places = external::SETTINGS.iter().map(|setting| Reference::of("ibm", setting));
    let left_out = LEFT_OUT.iter().map(|(key, reason)| Reference {
        name: key.to_ascii_lowercase(),
        about: format!("ignored: {reason}"),
        variables: vec![format!("<SERVICE>_{key}")],
        ..Reference::of("ibm", &IGNORED)
    });
    watsonx.chain(service).chain(places).chain(left_out).collect()
}
