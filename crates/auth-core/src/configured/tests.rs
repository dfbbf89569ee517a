//! What the profiles of a config come to.

mod hostile;

use crate::runtime::FakeRuntime;
use crate::settings::Profiles;
use crate::{Access, Env, Error, ErrorKind, testing::ScriptedTransport};
use bytes::Bytes;
use http::{HeaderMap, Request};

fn config(text: &str) -> (tempfile::TempDir, Env, Result<Profiles, Error>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    let env = Env::of([("ACME_TOKEN", "tok-of-a-variable"), ("ACME_SECRET", "s3cret")]).in_directory("/nowhere");
    let profiles = Profiles::read(&path, &env);
    (folder, env, profiles)
}

fn access(text: &str, name: &str) -> Result<Access, Error> {
    let (_folder, env, profiles) = config(text);
    profiles?.access(Some(name), &env)
}

/// The headers of a request to the access's endpoint, and what its source asked for.
fn attached(access: &Access, answers: &[&'static str]) -> (HeaderMap, Vec<Request<Bytes>>) {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    answers.iter().for_each(|answer| server.answer(200, *answer));
    let auth = access.builder().transport(server.clone()).runtime(clock.clone()).build().unwrap();
    clock.block_on(auth.warm_up()).unwrap();
    let mut uri = access.endpoint().join("/things").unwrap();
    let mut headers = HeaderMap::new();
    assert!(matches!(auth.attach(&uri, &mut headers), Ok(crate::adapter::Attach::Ready(_))));
    access.context().apply(&mut uri, &mut headers);
    (headers, server.requests())
}

fn form(request: &Request<Bytes>) -> Vec<(String, String)> {
    form_urlencoded::parse(request.body()).into_owned().collect()
}

#[test]
fn a_system_is_described_in_toml_alone() {
    let text = r#"
        [system.acme]
        endpoint = { variables = ["ACME_URL"], default = "https://api.acme.example/v1" }
        token = { variables = ["ACME_TOKEN"] }
        header = "x-acme-key"
        whoami = "/me"
        context.project = { variables = ["ACME_PROJECT"], default = "p-0", header = "x-acme-project" }
        context.version = { default = "7", query = "v" }

        [profile.default]
        system = "acme"

        [profile.other]
        system = "acme"
        endpoint = "https://eu.acme.example"
        project = "p-9"
    "#;
    let default = access(text, "default").unwrap();
    assert_eq!(default.id(), "acme");
    assert_eq!(default.endpoint().to_string(), "https://api.acme.example/v1");
    assert_eq!(default.whoami(), Some("/me"));
    assert_eq!(default.credential().unwrap().to_string(), "the variable ACME_TOKEN");
    let (headers, _) = attached(&default, &[]);
    assert_eq!(headers["x-acme-key"], "tok-of-a-variable");
    assert_eq!(headers["x-acme-project"], "p-0");
    assert!(!headers.contains_key("authorization"));

    let other = access(text, "other").unwrap();
    assert_eq!(other.endpoint().to_string(), "https://eu.acme.example");
    assert_eq!(attached(&other, &[]).0["x-acme-project"], "p-9");
}

#[test]
fn a_value_of_the_context_goes_to_one_place_and_a_token_to_no_variable_that_every_program_knows() {
    let of = |line: &str| {
        access(&format!("[system.acme]\nendpoint = \"https://a\"\n{line}\n[profile.p]\nsystem = \"acme\"\n"), "p")
    };
    let with = |context: &str| of(&format!("token = \"t\"\n{context}"));
    let body = with("context.project = { default = \"p-0\", body = \"project_id\" }").unwrap();
    assert_eq!(body.context().body_fields().collect::<Vec<_>>(), [("project_id", "p-0")]);
    for places in ["", ", header = \"x-a\", query = \"a\"", ", query = \"a\", body = \"b\""] {
        let error = with(&format!("context.project = {{ default = \"p-0\"{places} }}")).unwrap_err().to_string();
        assert!(error.contains("one of `header`, `query` and `body`"), "{places}: {error}");
    }
    let error = of("token = { variables = [\"PATH\"], default = \"t\" }").unwrap_err().to_string();
    assert!(error.contains("use another"), "{error}");
}

#[test]
fn a_described_system_may_exchange_and_the_profile_may_hold_what_varies() {
    let text = r#"
        [system.acme]
        endpoint = "https://api.acme.example"
        type = "client_credentials"
        token_url = "https://login.acme.example/token"
        client_secret = { variables = ["ACME_SECRET"] }
        scheme = "Token"

        [profile.ci]
        system = "acme"
        client_id = "ci"
    "#;
    let (headers, requests) =
        attached(&access(text, "ci").unwrap(), &[r#"{"access_token":"t","token_type":"Bearer","expires_in":60}"#]);
    assert_eq!(headers["authorization"], "Token t");
    assert_eq!(requests[0].uri(), "https://login.acme.example/token");
    assert_eq!(requests[0].headers()["authorization"], "Basic Y2k6czNjcmV0");
    assert_eq!(form(&requests[0]), [("grant_type".to_owned(), "client_credentials".to_owned())]);
}

#[test]
fn a_plain_source_needs_no_system() {
    let text = r#"
        [profile.a]
        type = "api_key"
        endpoint = "https://api.acme.example"
        token_url = "https://iam.acme.example/token"
        api_key = { env = "ACME_SECRET" }
        scope = "read"

        [profile.b]
        type = "none"
        endpoint = "http://sidecar.local"
    "#;
    let answer = r#"{"access_token":"t","expires_in":60}"#;
    let (headers, requests) = attached(&access(text, "a").unwrap(), &[answer]);
    assert_eq!(headers["authorization"], "Bearer t");
    assert!(form(&requests[0]).contains(&("scope".to_owned(), "read".to_owned())));
    assert!(access(text, "b").unwrap().is_none_needed());
}

#[test]
fn a_path_starts_from_the_folder_of_the_config() {
    let text = "[profile.p]\ntype = \"file\"\nendpoint = \"https://api.acme.example\"\npath = \"token.txt\"\n";
    let (folder, env, profiles) = config(text);
    std::fs::write(folder.path().join("token.txt"), "of-the-folder\n").unwrap();
    let access = profiles.unwrap().access(Some("p"), &env).unwrap();
    assert_eq!(attached(&access, &[]).0["authorization"], "Bearer of-the-folder");
}

#[test]
fn a_vendors_system_takes_its_own_keys() {
    let text = r#"
        [profile.p]
        system = "podstack"
        api_token = "psk_1"
        project = "p-1"

        [profile.typo]
        system = "podstack"
        api_tokn = "psk_1"
    "#;
    let podstack = access(text, "p").unwrap();
    assert_eq!(podstack.endpoint().to_string(), "https://api.podstack.ai/v1");
    assert_eq!(attached(&podstack, &[]).0["x-project-id"], "p-1");
    let error = access(text, "typo").unwrap_err().to_string();
    assert!(error.contains("api_tokn") && error.contains("config.toml:9") && error.contains("api_token"), "{error}");
}

#[test]
fn what_is_wrong_is_named_with_file_and_line_and_a_secret_never_shown() {
    let secret = "S3CR3T-THAT-NO-ERROR-SHOWS";
    let rows = [
        ("type = \"token\"\ntoken = \"TOKEN\"\nsystem = \"podstack\"\nendpoint = \"https://a\"", "choose one"),
        ("type = \"tokn\"\ntoken = \"TOKEN\"\nendpoint = \"https://a\"", "config.toml:2 is no known type"),
        ("system = \"podstak\"", "config.toml:2 names a system"),
        ("token = \"TOKEN\"", "selects nothing"),
        ("type = \"token\"\ntoken = \"TOKEN\"", "no endpoint is configured: put `endpoint` into the profile p"),
        ("type = \"token\"\nendpoint = \"https://a\"", "no token is configured"),
        ("type = \"token\"\nendpoint = \"https://a\"\ntoken = \"Bearer TOKEN\"", "config.toml:4 is not usable"),
        ("type = \"token\"\nendpoint = \"https://a\"\ntoken = \"TOKEN\"\nheadr = \"x\"", "headr in"),
        ("type = \"token\"\nendpoint = \"https://a\"\ntoken = \"TOKEN\"\nheader = \"x y\"", "no header's name"),
        ("type = \"token\"\nendpoint = \"https://a\"\ntoken = \"TOKEN\"\nheader = \"x\"\nscheme = \"y\"", "choose one"),
        ("type = \"token\"\nendpoint = \"https://a?TOKEN\"\ntoken = \"t\"", "config.toml:3"),
        ("type = \"token\"\nendpoint = \"https://a\"\ntoken = \"TOKEN\"\nscheme = \"a b\"", "config.toml:5"),
        (
            "type = \"client_credentials\"\nendpoint = \"https://a\"\ntoken_url = \"https://b\"\nclient_id = \"c\"\nclient_auth = \"digest\"",
            "it is neither basic, post nor private_key_jwt",
        ),
        (
            "type = \"remote\"\nendpoint = \"https://a\"\ntoken_url = \"https://b\"\nsession = \"TOKEN\"\npost = \"yes\"",
            "it is neither true nor false",
        ),
        (
            "type = \"api_key\"\nendpoint = \"https://a\"\ntoken_url = \"http://b\"\napi_key = \"TOKEN\"",
            "config.toml:4",
        ),
        ("type = \"token\"\nendpoint = \"https://a\"\ntoken = { env = \"UNSET\" }", "UNSET"),
    ];
    for (keys, expect) in rows {
        let text = format!("[profile.p]\n{}\n", keys.replace("TOKEN", secret));
        let error = access(&text, "p").unwrap_err();
        let message = error.to_string();
        assert!(message.contains(expect), "{keys}\n{message}");
        assert!(!message.contains("S3CR3T") && message.len() < 300, "{message}");
    }
    let error = access("[profile.p]\ntype = \"none\"\n[profile.q]\ntype = \"none\"\n", "r").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("p, q"), "{error}");
}

#[test]
fn a_misspelt_key_is_named_and_not_the_one_that_it_leaves_missing() {
    let common = "endpoint = \"https://a\"\ntoken_url = \"https://b\"\n";
    for (keys, line, key) in [
        ("type = \"token\"\nendpiont = \"https://a\"\ntoken = \"t\"", 3, "endpoint"),
        ("endpoint = \"https://a\"\ntype = \"token\"\ntokne = \"S3CR3T\"", 4, "token"),
        ("type = \"api_key\"\nCOMMONapi_kye = \"S3CR3T\"", 5, "api_key"),
        ("type = \"client_credentials\"\nCOMMONclient_id = \"c\"\nclient_secert = \"S3CR3T\"", 6, "client_secret"),
        ("type = \"refresh_token\"\nCOMMONclient_id = \"c\"\nrefresh_tokne = \"S3CR3T\"", 6, "refresh_token"),
        ("type = \"token_exchange\"\nCOMMONsubject_tokne = \"S3CR3T\"", 5, "subject_token"),
        ("type = \"remote\"\nendpoint = \"https://a\"\ntoken_ulr = \"https://b\"", 4, "token_url"),
        ("type = \"env\"\nendpoint = \"https://a\"\nvaraible = \"T\"", 4, "variable"),
        ("type = \"file\"\nendpoint = \"https://a\"\npaht = \"t\"", 4, "path"),
    ] {
        let error = access(&format!("[profile.p]\n{}\n", keys.replace("COMMON", common)), "p").unwrap_err();
        let (message, place) = (error.to_string(), format!("config.toml:{line} means nothing here: known are "));
        assert!(message.contains(&place) && message.contains(key) && !message.contains("S3CR3T"), "{message}");
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "a chain does not pass it over");
    }
    let text = "[system.acme]\nendpoint = \"https://a\"\ntokne.variables = [\"ACME_TOKEN\"]\ncontext.project.header = \"x\"\n\
                [profile.p]\nsystem = \"acme\"\nproject = \"p-1\"\n";
    let message = access(text, "p").unwrap_err().to_string();
    assert!(message.contains("tokne.variables in") && message.contains("config.toml:3 means nothing"), "{message}");
    let message = access(&text.replace("tokne", "token").replace("ACME_TOKEN", "UNSET"), "p").unwrap_err().to_string();
    assert!(message.contains("no token is configured: set UNSET"), "{message}");
}

/// Which keys a type has is known before they are looked for.
#[test]
fn no_key_of_a_type_means_nothing_while_another_is_missing() {
    let client = "client_id client_auth client_secret issuer key_id private_key";
    for (kind, missing, others) in [
        ("token", "token", "header whoami"),
        ("personal_token", "token", "audience"),
        ("env", "variable", "scheme"),
        ("file", "path", "allow_nearby_endpoint"),
        ("api_key", "api_key", "token_url scope"),
        ("client_credentials", "token_url", &format!("{client} scope audience resource")),
        #[cfg(feature = "signing")]
        ("jwt_bearer", "token_url", "issuer private_key key_id subject audience scope"),
        ("refresh_token", "token_url", &format!("{client} refresh_token scope")),
        (
            "token_exchange",
            "token_url",
            &format!("{client} subject_token subject_token_file subject_token_type audience resource scope"),
        ),
        ("remote", "token_url", "session post"),
        #[cfg(feature = "exec")]
        ("exec", "command", "format pass_env"),
        ("none", "endpoint", "whoami"),
    ] {
        let url = if missing == "endpoint" { "" } else { "endpoint = \"https://a\"\n" };
        let lines = others.split(' ').map(|key| {
            if key == "token_url" { format!("{key} = \"https://b\"\n") } else { format!("{key} = \"v\"\n") }
        });
        let text = format!("[profile.p]\ntype = \"{kind}\"\n{url}{}", lines.collect::<String>());
        let message = access(&text, "p").unwrap_err().to_string();
        assert!(message.starts_with(&format!("no {missing} is configured")), "{kind}: {message}");
    }
}

#[test]
fn an_endpoint_of_the_working_directory_does_not_get_a_credential_from_elsewhere() {
    let text = r#"
        [profile.mine]
        type = "token"
        endpoint = "https://evil.example"
        token = { env = "ACME_TOKEN" }
        allow_nearby_endpoint = true

        [profile.whole]
        type = "token"
        endpoint = "https://dev.example"
        token = "of-the-same-file"
    "#;
    let (folder, env, _) = config(text);
    let env = env.in_directory(folder.path());
    let profiles = Profiles::read("config.toml", &env).unwrap();
    let error = profiles.access(Some("mine"), &env).unwrap_err().to_string();
    assert!(error.contains("token in") && error.contains("config.toml:5"), "{error}");
    profiles.access(Some("whole"), &env).unwrap();
    profiles.trusted().access(Some("mine"), &env).unwrap();
}

/// Whoever wrote the project knows where users keep their tokens.
#[test]
fn a_profile_of_the_working_directory_can_not_fetch_a_credential_from_elsewhere_for_its_own_endpoint() {
    let (elsewhere, _, _) = config("s3cret-of-the-user");
    let file = elsewhere.path().join("config.toml");
    let file = file.to_str().unwrap();
    let env = Env::of([("ACME_TOKEN", "t")]);
    let read = |keys: &str| {
        let keys = keys.replace("FILE", &format!("{file:?}"));
        let (folder, _, _) = config(&format!("[profile.p]\nendpoint = \"https://evil.example\"\n{keys}"));
        std::fs::write(folder.path().join("own"), "t").unwrap();
        let env = env.clone().in_directory(folder.path());
        Profiles::read("config.toml", &env).unwrap().access(Some("p"), &env)
    };
    for keys in [
        "type = \"token\"\ntoken = { file = FILE }",
        "type = \"env\"\nvariable = \"ACME_TOKEN\"",
        "type = \"file\"\npath = FILE",
        "type = \"token_exchange\"\ntoken_url = \"https://evil.example/t\"\nsubject_token_file = FILE",
        "type = \"remote\"\ntoken_url = \"https://evil.example/t\"\nsession = { file = FILE }",
        "system = \"podstack\"\napi_token = { file = FILE }",
        #[cfg(feature = "exec")]
        "type = \"exec\"\ncommand = [\"gcloud\", \"auth\", \"print-access-token\"]",
    ] {
        let error = read(keys).expect_err(keys);
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{keys}: {error}");
        assert!(error.to_string().contains("working directory"), "{keys}: {error}");
    }
    for keys in [
        "type = \"token\"\ntoken = { file = \"own\" }",
        "type = \"file\"\npath = \"own\"",
        "type = \"remote\"\ntoken_url = \"https://dev.example/t\"",
    ] {
        // Also of its own: that is for a call to allow, not for the file's name.
        assert!(read(keys).unwrap_err().to_string().contains("Profiles::trusted"), "{keys}");
    }
}

#[test]
fn what_may_be_a_secret_by_mistake_is_not_shown_as_a_name() {
    let secret = "psk_7Hq2mZ9xVr4Tn6Ym3Bc8";
    for keys in [
        format!("type = \"token\"\nendpoint = \"https://a\"\ntoken = {{ env = \"{secret}\" }}"),
        format!("type = \"token\"\nendpoint = \"https://a\"\ntoken = \"t\"\n{secret} = \"\""),
        format!("system = \"podstack\"\napi_token = \"t\"\n{secret} = \"\""),
    ] {
        let text = format!("[profile.p]\n{keys}\n");
        let error = access(&text, "p").unwrap_err().to_string();
        assert!(error.contains("config.toml:") && !error.contains("psk_7Hq2"), "{error}");
        let (_folder, _, profiles) = config(&text);
        assert!(!format!("{profiles:?}").contains("psk_7Hq2"), "{profiles:?}");
    }
}

#[cfg(feature = "exec")]
#[test]
fn the_configs_of_the_documents_come_to_accesses() {
    let names = ["WATSONX_API_KEY", "MY_IBM_KEY", "ACME_TOKEN", "ACME_API_KEY", "ACME_CLIENT_SECRET", "WORK_API_KEY"];
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "t").unwrap();
    std::fs::write(folder.path().join("endpoint.txt"), "https://ci.example\n").unwrap();
    let env = Env::of(names.map(|name| (name, "t"))).in_directory("/nowhere");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seen = 0;
    for page in [
        "docs/reference/formats.md",
        "docs/guides/profiles.md",
        "docs/guides/custom-system.md",
        "crates/auth-core/src/settings/profiles.rs",
    ] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let text: String = text.lines().map(|line| format!("{}\n", line.trim_start_matches("/// "))).collect();
        let text = text.replace("\n///\n", "\n\n");
        for block in text.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap();
            let block = block.replace("/run/secrets/token", token.to_str().unwrap());
            let block = block.replace("/run/secrets/acme", token.to_str().unwrap());
            std::fs::write(folder.path().join("config.toml"), &block).unwrap();
            let profiles = Profiles::read(folder.path().join("config.toml"), &env).unwrap();
            for name in profiles.names() {
                match profiles.access(Some(name), &env) {
                    // Its credentials.json is the user's to make.
                    Err(error) if error.to_string().contains("credentials.json") => {}
                    result => drop(result.unwrap_or_else(|error| panic!("{page}, {name}: {error}"))),
                }
                seen += 1;
            }
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn a_key_that_means_nothing_is_an_error_by_every_door_and_below_the_context() {
    let text = "[system.acme]\nendpoint = \"https://a\"\ntype = \"none\"\nwhoami = \"/me\"\n\
                context.project = { KEY = \"p\", header = \"x\" }\n[profile.p]\nsystem = \"acme\"\n";
    let whole = access(&text.replace("KEY", "default"), "p").unwrap();
    assert_eq!(whole.whoami(), Some("/me"), "also where nothing is attached");
    for key in ["defualt", "env"] {
        let error = access(&text.replace("KEY", key), "p").unwrap_err().to_string();
        assert!(error.contains("config.toml:5"), "{error}");
    }
    for system in ["cape", "ibm", "ivcap", "podstack", "skyflow", "watsonx"] {
        let (_folder, env, profiles) = config(&format!("[profile.p]\nsystem = \"{system}\"\ntokn = \"t\"\n"));
        let profiles = profiles.unwrap();
        let profile = profiles.profile("p").unwrap();
        let by_its_builder = match system {
            "cape" => crate::systems::Cape::from_profile(profile, &env).access(),
            "ibm" => crate::systems::IbmCloud::from_profile(profile, &env).access(),
            "ivcap" => crate::systems::Ivcap::from_profile(profile, &env).access(),
            "podstack" => crate::systems::Podstack::from_profile(profile, &env).access(),
            "skyflow" => crate::systems::Skyflow::from_profile(profile, &env).access(),
            _ => crate::systems::Watsonx::from_profile(profile, &env).access(),
        };
        let [one, other] =
            [by_its_builder, profiles.access(Some("p"), &env)].map(|result| result.unwrap_err().to_string());
        assert!(one == other && one.contains("tokn in") && one.contains("config.toml:3"), "{one}\n{other}");
    }
}

#[test]
fn a_described_system_needs_no_profile_where_variables_and_defaults_say_all() -> Result<(), Error> {
    let text = "[system.acme]\nendpoint = \"https://api.acme.example\"\ntoken = { variables = [\"ACME_TOKEN\"] }\n";
    let (_folder, env, profiles) = config(text);
    let profiles = profiles?;
    let access = profiles.access_of_system("acme", &env)?;
    assert_eq!(attached(&access, &[]).0["authorization"], "Bearer tok-of-a-variable");
    assert_eq!((access.id(), access.explain().value("endpoint")), ("acme", Some("https://api.acme.example")));
    let error = profiles.access_of_system("acne", &env).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().ends_with("it describes acme"), "{error}");
    Ok(())
}

#[test]
fn where_a_program_has_no_arguments_no_error_names_one() {
    let env = Env::empty().without_builder_hints();
    for name in crate::systems::NAMES {
        let error = crate::systems::from_env(name, &env).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{name}");
        assert!(!error.to_string().contains("argument"), "{error}");
        let error = crate::systems::from_env(name, &Env::empty()).unwrap_err();
        assert!(error.to_string().contains("argument"), "{name} has one: {error}");
    }
}
