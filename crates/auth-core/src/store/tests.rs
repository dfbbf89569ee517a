//! Of every system and type of profile: whether tokens are kept, and that whatever leads to them makes another identity.

use std::collections::BTreeSet;

use crate::settings::Profiles;
use crate::signer::Algorithm;
use crate::signer::test_keys;
use crate::systems::ibm::AuthType;
use crate::systems::{Cape, IbmCloud, Ivcap, Podstack, Skyflow, Watsonx};
use crate::testing::Folder;
use crate::{Access, Env, Error};

const SKYFLOW_KEY: &str = "sky-ab123-0123456789abcdef0123456789abcdef";

fn digest(access: &Result<Access, Error>) -> [u8; 32] {
    let access = access.as_ref().unwrap_or_else(|error| panic!("{error}"));
    access.identity().expect("tokens are exchanged").digest().expect("its files are there")
}

/// That each change of one variable is another identity, and the same variables are the same one.
#[track_caller]
fn each_counts(variables: &[(&str, &str)], changed: &[(&str, &str)], access: impl Fn(&Env) -> Result<Access, Error>) {
    let of = |change: Option<&(&str, &str)>| {
        let kept = variables.iter().filter(|(name, _)| change.is_none_or(|(changed, _)| name != changed));
        digest(&access(&Env::of(kept.chain(change).copied())))
    };
    assert_eq!(of(None), of(None));
    let all: BTreeSet<_> = changed.iter().map(|change| of(Some(change))).chain([of(None)]).collect();
    assert_eq!(all.len(), changed.len() + 1, "one of {changed:?} does not count");
}

fn credentials(key_id: &str) -> String {
    let key = test_keys::block("PRIVATE KEY", test_keys::pkcs8(Algorithm::Rs256)).replace('\n', "\\n");
    format!(
        r#"{{"clientID":"c","keyID":"{key_id}","tokenURI":"https://manage.skyflowapis.com/v1/auth/sa/oauth/token","privateKey":"{key}"}}"#
    )
}

#[test]
fn of_watsonx_every_setting_that_leads_to_a_token() {
    let url = ("WATSONX_URL", "https://us-south.ml.cloud.ibm.com");
    each_counts(
        &[url, ("WATSONX_APIKEY", "key-1")],
        &[("WATSONX_APIKEY", "key-2"), ("WATSONX_URL", "https://eu-de.ml.cloud.ibm.com")],
        |env| Watsonx::from_env(env).access(),
    );
    let watsonx = || Watsonx::new().url(url.1).api_key("key-1");
    let others = [
        watsonx(),
        watsonx().scope("s"),
        watsonx().client_id("id").client_secret("secret-1"),
        watsonx().client_id("id").client_secret("secret-2"),
        watsonx().auth_url("https://iam.test.cloud.ibm.com"),
    ];
    let all: BTreeSet<_> = others.iter().map(|watsonx| digest(&watsonx.access())).collect();
    assert_eq!(all.len(), others.len());
}

#[test]
fn of_ibm_cloud_every_setting_that_leads_to_a_token() {
    each_counts(
        &[("IBM_URL", "https://iam.cloud.ibm.com"), ("IBM_APIKEY", "key-1")],
        &[
            ("IBM_APIKEY", "key-2"),
            ("IBM_URL", "https://resource-controller.cloud.ibm.com"),
            ("IBM_AUTH_URL", "https://iam.test.cloud.ibm.com"),
            ("IBM_SCOPE", "openid"),
        ],
        |env| IbmCloud::from_env("ibm", env).access(),
    );
}

#[test]
fn of_skyflow_the_content_of_the_file_and_what_tokens_are_restricted_to() {
    let folder = Folder::new();
    let path = folder.write("credentials.json", &credentials("k1"));
    let skyflow = || Skyflow::new().credentials_path(&path).cluster_id("ab12");
    let others = [
        skyflow(),
        skyflow().roles(["r1"]),
        skyflow().roles(["r1", "r2"]),
        skyflow().ctx("one"),
        skyflow().ctx("two"),
        Skyflow::new().credentials_path(&path).cluster_id("cd34"),
        Skyflow::new().credentials(credentials("k1")).cluster_id("ab12"),
        Skyflow::new().credentials(credentials("k2")).cluster_id("ab12"),
    ];
    let mut all: BTreeSet<_> = others.iter().map(|skyflow| digest(&skyflow.access())).collect();
    assert_eq!(all.len(), others.len());
    all.insert(digest(&skyflow().connection_url("https://ab12.vault.skyflowapis.com").connection()));
    let before = skyflow().access();
    folder.write("credentials.json", &credentials("k2"));
    // Also of an access that was made before: the file is read for each token.
    all.insert(digest(&before));
    assert_eq!(all.len(), others.len() + 2);
}

#[test]
fn what_needs_no_exchange_has_none() -> Result<(), Error> {
    let source = crate::sources::StaticToken::new("t")?;
    for access in [
        Cape::new().token("t").access()?,
        Podstack::new().token("t").access()?,
        Ivcap::new().url("https://api").token("t").access()?,
        Ivcap::from_env(&Env::of([("IVCAP_BASE_URL", "http://ivcap.local")])).access()?,
        Ivcap::new().url("https://api").source(source).access()?,
        Skyflow::new().api_key(SKYFLOW_KEY).cluster_id("ab12").access()?,
        Skyflow::new().token("t").cluster_id("ab12").access()?,
        Watsonx::new().url("https://us-south.ml.cloud.ibm.com").token("t").access()?,
        IbmCloud::new().url("https://a.cloud.ibm.com").auth_type(AuthType::Vpc).access()?,
        IbmCloud::new().url("https://a.cloud.ibm.com").auth_type(AuthType::Container).profile_id("p").access()?,
    ] {
        assert!(access.identity().is_none(), "{}", access.id());
    }
    Ok(())
}

/// A profile of a type, lines that it needs, and for each line another.
#[test]
fn of_every_type_of_profile_every_line_counts() {
    let folder = Folder::new();
    let pem = |name: &str, algorithm| folder.write(name, &test_keys::block("PRIVATE KEY", test_keys::pkcs8(algorithm)));
    pem("key-1.pem", Algorithm::Rs256);
    pem("key-2.pem", Algorithm::Es256);
    folder.write("subject-1", "token-1");
    folder.write("subject-2", "token-2");
    let access = |lines: &[String]| {
        let path = folder.write("config.toml", &format!("[profile.p]\n{}\n", lines.join("\n")));
        let env = Env::empty().in_directory("/nowhere");
        Profiles::read(&path, &env).and_then(|profiles| profiles.access(Some("p"), &env))
    };
    let common = ["endpoint = \"https://api-N.example\"", "token_url = \"https://idp-N.example/token\""];
    for (kind, lines) in [
        ("api_key", &["api_key = \"key-N\"", "scope = \"s-N\"", "header = \"x-N\""][..]),
        (
            "client_credentials",
            &[
                "client_id = \"c-N\"",
                "client_secret = \"s-N\"",
                "scope = \"s-N\"",
                "audience = \"a-N\"",
                "resource = \"https://r-N\"",
                "scheme = \"S-N\"",
            ],
        ),
        (
            "jwt_bearer",
            &[
                "issuer = \"i-N\"",
                "subject = \"s-N\"",
                "audience = \"a-N\"",
                "key_id = \"k-N\"",
                "scope = \"s-N\"",
                "private_key = { file = \"key-N.pem\" }",
            ],
        ),
        ("refresh_token", &["client_id = \"c-N\"", "refresh_token = \"r-N\"", "scope = \"s-N\""]),
        ("token_exchange", &["subject_token = \"t-N\"", "subject_token_type = \"urn:t-N\"", "audience = \"a-N\""]),
        ("token_exchange", &["subject_token_file = \"subject-N\"", "resource = \"https://r-N\"", "scope = \"s-N\""]),
    ] {
        let lines: Vec<&str> = common.iter().chain(lines).copied().collect();
        let with = |changed: Option<usize>| {
            let number = |at| if Some(at) == changed { "2" } else { "1" };
            let lines = lines.iter().enumerate().map(|(at, line)| line.replace("-N", &format!("-{}", number(at))));
            digest(&access(&lines.chain([format!("type = \"{kind}\"")]).collect::<Vec<_>>()))
        };
        let all: BTreeSet<_> = (0..lines.len()).map(|at| with(Some(at))).chain([with(None)]).collect();
        assert_eq!(all.len(), lines.len() + 1, "a line of {kind} does not count");
        assert_eq!(with(None), with(None));
    }
    for (kind, line) in [
        ("token", "token = \"t\""),
        ("personal_token", "token = \"t\""),
        ("env", "variable = \"T\""),
        ("file", "path = \"subject-1\""),
        ("remote", "token_url = \"https://backend.example\""),
        ("remote", "token_url = \"https://backend.example\"\nsession = \"s\""),
        ("exec", "command = [\"true\"]"),
        ("none", ""),
    ] {
        let lines = [format!("type = \"{kind}\""), "endpoint = \"https://a\"".to_owned(), line.to_owned()];
        assert!(access(&lines).unwrap().identity().is_none(), "{kind}");
    }
}

#[test]
fn a_file_of_a_subject_token_counts_by_what_stands_in_it() {
    let folder = Folder::new();
    let path = folder.write(
        "config.toml",
        "[profile.p]\ntype = \"token_exchange\"\nendpoint = \"https://a\"\ntoken_url = \"https://b\"\nsubject_token_file = \"subject\"\n",
    );
    folder.write("subject", "token-1");
    let env = Env::empty().in_directory("/nowhere");
    let access = Profiles::read(&path, &env).and_then(|profiles| profiles.access(Some("p"), &env));
    let before = digest(&access);
    folder.write("subject", "token-2");
    assert_ne!(before, digest(&access));
}

#[test]
fn a_value_of_the_context_does_not_hide_a_setting_of_the_same_name() {
    let folder = Folder::new();
    let access = |scope: &str| {
        let text = format!(
            "[system.acme]\nendpoint = \"https://a\"\ntoken_url = \"https://b\"\ntype = \"api_key\"\nscope = \"{scope}\"\n\
             context.scope = {{ default = \"c\", header = \"x-scope\" }}\n[profile.p]\nsystem = \"acme\"\napi_key = \"k\"\n"
        );
        let path = folder.write("config.toml", &text);
        let env = Env::empty().in_directory("/nowhere");
        digest(&Profiles::read(&path, &env).and_then(|profiles| profiles.access(Some("p"), &env)))
    };
    assert_ne!(access("s-1"), access("s-2"));
}
