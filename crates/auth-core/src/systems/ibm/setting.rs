//! The settings, each by all its names.

use super::external;
use crate::settings::Setting;

/// A setting, and what IBM's external configuration calls it behind the service's prefix, first of them first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) setting: Setting,
    pub(super) external: &'static [&'static str],
    /// The same as variables, for the reference.
    variables: &'static [&'static str],
}

/// What it is called behind a service's prefix.
macro_rules! external {
    ($($key:literal),*) => { (&[$($key),*], &[$(concat!("<SERVICE>_", $key)),*]) };
}

type Names = &'static [&'static str];

impl Known {
    const fn new(setting: Setting, (external, variables): (Names, Names)) -> Self {
        Self { setting, external, variables }
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
    external!("AUTH_TYPE", "AUTHTYPE"),
);
pub(super) const URL: Known = Known::new(
    Setting::new("url", "the base URL").with_variables(&["WATSONX_URL"]).with_keys(&["url", "endpoint"]),
    external!("URL"),
);
pub(super) const AUTH_URL: Known = Known::new(
    Setting::new("auth_url", "another IAM than `https://iam.cloud.ibm.com`; for vpc, another metadata service")
        .with_variables(&["WATSONX_AUTH_URL"])
        .with_keys(&["auth_url"]),
    external!("AUTH_URL"),
);
pub(super) const API_KEY: Known = Known::new(
    Setting::secret("api_key", "an API key of IBM Cloud")
        .with_variables(&["WATSONX_APIKEY", "WATSONX_API_KEY"])
        .with_keys(&["api_key", "apikey"]),
    external!("APIKEY"),
);
pub(super) const TOKEN: Known = Known::new(
    Setting::secret("token", "an access token that somebody else renews")
        .with_variables(&["WATSONX_TOKEN", "USER_ACCESS_TOKEN"])
        .with_keys(&["token", "bearer_token"]),
    external!("BEARER_TOKEN"),
);
pub(super) const SCOPE: Known = Known::new(
    Setting::new("scope", "the scope to ask for").with_variables(&["WATSONX_SCOPE"]).with_keys(&["scope"]),
    external!("SCOPE"),
);
pub(super) const CLIENT_ID: Known = Known::new(
    Setting::new("client_id", "the client id, with a client secret")
        .with_variables(&["WATSONX_CLIENT_ID"])
        .with_keys(&["client_id"]),
    external!("CLIENT_ID"),
);
pub(super) const CLIENT_SECRET: Known = Known::new(
    Setting::secret("client_secret", "the client secret, with a client id")
        .with_variables(&["WATSONX_CLIENT_SECRET"])
        .with_keys(&["client_secret"]),
    external!("CLIENT_SECRET"),
);
pub(super) const PROFILE_ID: Known = Known::new(
    Setting::new("profile_id", "the trusted profile's id")
        .with_variables(&["WATSONX_IAM_PROFILE_ID"])
        .with_keys(&["iam_profile_id"]),
    external!("IAM_PROFILE_ID"),
);
pub(super) const PROFILE_NAME: Known = Known::new(
    Setting::new("profile_name", "the trusted profile's name")
        .with_variables(&["WATSONX_IAM_PROFILE_NAME"])
        .with_keys(&["iam_profile_name"]),
    external!("IAM_PROFILE_NAME"),
);
pub(super) const PROFILE_CRN: Known = Known::new(
    Setting::new("profile_crn", "the trusted profile's Cloud Resource Name")
        .with_variables(&["WATSONX_IAM_PROFILE_CRN"])
        .with_keys(&["iam_profile_crn"]),
    external!("IAM_PROFILE_CRN"),
);
pub(super) const ACCOUNT_ID: Known = Known::new(
    Setting::new("account_id", "the account that the trusted profile's name is looked for in")
        .with_variables(&["WATSONX_IAM_ACCOUNT_ID"])
        .with_keys(&["iam_account_id"]),
    external!("IAM_ACCOUNT_ID"),
);
pub(super) const CR_TOKEN_FILE: Known = Known::new(
    Setting::new("cr_token_file", "the file with the compute resource's token, else where IBM Cloud mounts it")
        .with_variables(&["WATSONX_CR_TOKEN_FILENAME"])
        .with_keys(&["cr_token_file", "cr_token_filename"]),
    external!("CR_TOKEN_FILENAME"),
);

pub(super) const TOKEN_FILE: Known = Known::new(
    Setting::new("token_file", "the file in which somebody renews an access token")
        .with_variables(&["RUNTIME_ENV_ACCESS_TOKEN_FILE"])
        .with_keys(&["token_file"]),
    external!(),
);
pub(super) const REGION: Known = Known::new(
    Setting::new("region", "the region, such as `us-south`, in place of a URL")
        .with_variables(&["WATSONX_REGION"])
        .with_keys(&["region"]),
    external!(),
);
pub(super) const PROJECT_ID: Known = Known::new(
    Setting::new("project_id", "the project that requests are for")
        .with_variables(&["WATSONX_PROJECT_ID"])
        .with_keys(&["project_id"]),
    external!(),
);
pub(super) const SPACE_ID: Known = Known::new(
    Setting::new("space_id", "the deployment space that requests are for")
        .with_variables(&["WATSONX_SPACE_ID", "WATSONX_DEPLOYMENT_SPACE_ID"])
        .with_keys(&["space_id"]),
    external!(),
);
/// Has no variable: by `WATSONX_VERSION` others mean that of Cloud Pak for Data.
pub(super) const VERSION: Known =
    Known::new(Setting::new("version", "the version of the API, a date").with_keys(&["version"]), external!());

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
macro_rules! left_out {
    ($($key:literal, $name:literal: $reason:literal;)*) => {
        pub(super) const LEFT_OUT: &[(&str, &str)] = &[$(($key, $reason)),*];
        const LEFT_OUT_SETTINGS: &[Setting] = &[$(
            Setting::new($name, concat!("ignored: ", $reason)).with_variables(&[concat!("<SERVICE>_", $key)])
        ),*];
    };
}

left_out! {
    "DISABLE_SSL", "disable_ssl": "certificates are always verified: give the HTTP client the CA instead";
    "AUTH_DISABLE_SSL", "auth_disable_ssl": "certificates are always verified: give the HTTP client the CA instead";
    "ENABLE_GZIP", "enable_gzip": "compression is the HTTP client's";
    "ENABLE_RETRIES", "enable_retries": "retries are the HTTP client's";
    "MAX_RETRIES", "max_retries": "retries are the HTTP client's";
    "RETRY_INTERVAL", "retry_interval": "retries are the HTTP client's";
    "USERNAME", "username": "the types basic and cp4d are not supported";
    "PASSWORD", "password": "the types basic and cp4d are not supported";
}

/// What can be set for [`IbmCloud`](crate::systems::IbmCloud): arguments and keys of a profile. Variables have the service's
/// prefix.
pub(crate) const SETTINGS: &[Setting] = &{
    let mut settings = [AUTH_TYPE.setting; 13];
    let mut at = 0;
    while at < settings.len() {
        settings[at] = EXTERNAL[at].setting.with_variables(EXTERNAL[at].variables);
        at += 1;
    }
    settings
};

/// What can be set for [`Watsonx`](crate::systems::Watsonx).
pub(crate) const WATSONX_SETTINGS: &[Setting] = &[
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

/// All of it for the reference, by system.
pub(in crate::systems) fn reference() -> [(&'static str, &'static [Setting]); 4] {
    [("watsonx", WATSONX_SETTINGS), ("ibm", SETTINGS), ("ibm", external::SETTINGS), ("ibm", LEFT_OUT_SETTINGS)]
}
