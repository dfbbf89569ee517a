//! A working directory that was written to steal: no file in it, by whatever way it refers to them, sends the user's secrets to
//! its own host.

use crate::settings::Profiles;
use crate::sources::StaticToken;
use crate::systems::{IbmCloud, Ivcap, Podstack, Skyflow, Watsonx};
use crate::testing::Folder;
use crate::{Access, Env, Error, ErrorKind};

const EVIL: &str = "https://evil.example";
const SECRET: &str = "s3cret-of-the-user";

/// A home folder with a secret in it, and beside it a project.
struct Stage {
    folder: Folder,
}

impl Stage {
    fn new() -> Self {
        let folder = Folder::new();
        folder.write("home/secret", SECRET);
        folder.write("project/own", "t");
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn env(&self, more: &[(&str, &str)]) -> Env {
        let home = self.path("home");
        let own = [("HOME", home.as_str()), ("USERPROFILE", home.as_str()), ("VICTIM", SECRET)];
        Env::of(own.into_iter().chain(more.iter().copied())).in_directory(self.folder.path().join("project"))
    }

    fn profiles(&self, text: &str) -> Profiles {
        self.folder.write("project/config.toml", text);
        Profiles::read("config.toml", &self.env(&[])).unwrap()
    }

    fn access(&self, text: &str) -> Result<Access, Error> {
        self.profiles(text).access(Some("p"), &self.env(&[]))
    }

    /// What a value may be instead of itself.
    fn references(&self) -> [String; 6] {
        [
            "{ env = \"VICTIM\" }".to_owned(),
            format!("{{ file = {:?} }}", self.path("home/secret")),
            "{ file = \"~/secret\" }".to_owned(),
            "{ file = \"../home/secret\" }".to_owned(),
            "{ file = \"own\" }".to_owned(),
            "{ file = \"link\" }".to_owned(),
        ]
    }
}

#[track_caller]
fn refused(result: Result<Access, Error>, what: &str) {
    let error = result.expect_err(what);
    let text = error.to_string();
    assert_eq!(error.kind(), ErrorKind::Misconfigured, "{what}: {text}");
    assert!(text.contains("working directory") && text.len() < 300 && !text.contains(SECRET), "{what}: {text}");
}

type Keys = Vec<(&'static str, String)>;

fn keys(of: &[(&'static str, &str)]) -> Keys {
    of.iter().map(|(key, value)| (*key, format!("{value:?}"))).collect()
}

fn client(of: &[(&'static str, &str)]) -> Keys {
    let client = [("endpoint", EVIL), ("token_url", "https://evil.example/t"), ("client_id", "c"), ("scope", "s")];
    keys(&[&client[..], of].concat())
}

const JWT: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1IiwiYXVkIjoiYSJ9.c2ln";
const KEY: &str = "sky-a1b2c-0123456789abcdef0123456789abcdef";

/// Whole profiles, in which nothing is anybody else's.
fn own() -> Vec<Keys> {
    let pem = &crate::signer::test_keys::pem(crate::signer::Algorithm::EdDsa);
    let (header, url) = (("header", "x-key"), ("endpoint", EVIL));
    vec![
        keys(&[("type", "token"), url, header, ("token", "t"), ("whoami", "/me")]),
        keys(&[("type", "personal_token"), url, ("token", JWT), ("audience", "a"), ("scheme", "Token")]),
        keys(&[("type", "api_key"), url, ("token_url", "https://evil.example/t"), ("api_key", "k"), ("scope", "s")]),
        client(&[
            ("type", "client_credentials"),
            ("client_secret", "s"),
            ("client_auth", "post"),
            ("audience", "a"),
            ("resource", "https://r.example"),
        ]),
        client(&[
            ("type", "client_credentials"),
            ("client_auth", "private_key_jwt"),
            ("issuer", "i"),
            ("private_key", pem),
            ("key_id", "k"),
        ]),
        keys(&[
            ("type", "jwt_bearer"),
            url,
            ("token_url", "https://evil.example/t"),
            ("issuer", "i"),
            ("private_key", pem),
            ("subject", "s"),
            ("audience", "a"),
            ("key_id", "k"),
            ("scope", "s"),
        ]),
        client(&[("type", "refresh_token"), ("refresh_token", "r"), ("client_secret", "s")]),
        client(&[
            ("type", "token_exchange"),
            ("subject_token", "t"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            ("client_secret", "s"),
            ("audience", "a"),
            ("resource", "https://r.example"),
        ]),
        keys(&[("type", "none"), url, ("whoami", "/me")]),
        keys(&[("system", "cape"), ("host", EVIL), ("token", "t")]),
        keys(&[("system", "ivcap"), ("url", EVIL), ("token", JWT), ("account", "urn:ivcap:account:a")]),
        keys(&[("system", "podstack"), url, ("api_token", "psk_1"), ("project", "p")]),
        keys(&[("system", "skyflow"), ("vault_url", EVIL), ("api_key", KEY)]),
        keys(&[("system", "skyflow"), ("connection_url", EVIL), ("token", JWT)]),
        keys(&[
            ("system", "ibm"),
            ("url", EVIL),
            ("auth_url", EVIL),
            ("api_key", "k"),
            ("scope", "s"),
            ("client_id", "c"),
            ("client_secret", "s"),
        ]),
        keys(&[("system", "ibm"), ("url", EVIL), ("token", "t")]),
        keys(&[
            ("system", "ibm"),
            ("url", EVIL),
            ("auth_type", "iamAssume"),
            ("api_key", "k"),
            ("iam_profile_name", "n"),
            ("iam_account_id", "a"),
        ]),
        keys(&[("system", "watsonx"), ("url", EVIL), ("api_key", "k"), ("project_id", "p"), ("version", "2026-10-14")]),
        keys(&[("system", "watsonx"), ("url", EVIL), ("token", "t"), ("space_id", "p")]),
    ]
}

fn profile(keys: &Keys, instead: Option<(usize, &str)>) -> String {
    let line = |(at, (key, value)): (usize, &(&str, String))| {
        let value = instead.filter(|(other, _)| *other == at).map_or(value.as_str(), |(_, value)| value);
        format!("{key} = {value}\n")
    };
    format!("[profile.p]\n{}", keys.iter().enumerate().map(line).collect::<String>())
}

#[test]
fn a_profile_there_refers_to_nothing_whatever_its_type_its_system_and_the_key() {
    let stage = Stage::new();
    #[cfg(unix)]
    std::os::unix::fs::symlink(stage.path("home/secret"), stage.path("project/link")).unwrap();
    for keys in own() {
        let whole = profile(&keys, None);
        stage.access(&whole).unwrap_or_else(|error| panic!("{whole}: {error}"));
        for (at, reference) in (0..keys.len()).flat_map(|at| stage.references().map(|reference| (at, reference))) {
            let text = profile(&keys, Some((at, &reference)));
            refused(stage.access(&text), &text);
        }
    }
}

#[test]
fn a_description_there_refers_to_nothing_also_by_the_names_of_variables() {
    let stage = Stage::new();
    let all = own().into_iter().filter(|keys| keys[0].0 == "type" || keys.iter().any(|(key, _)| *key == "type"));
    let variables = "{ variables = [\"VICTIM\"] }".to_owned();
    for keys in all {
        let system =
            |text: String| format!("{}[profile.p]\nsystem = \"acme\"\n", text.replace("profile.p", "system.acme"));
        let whole = system(profile(&keys, None));
        stage.access(&whole).unwrap_or_else(|error| panic!("{whole}: {error}"));
        let [env, file, ..] = stage.references();
        for (at, reference) in (0..keys.len()).flat_map(|at| [&env, &file, &variables].map(|reference| (at, reference)))
        {
            let text = system(profile(&keys, Some((at, reference))));
            refused(stage.access(&text), &text);
        }
    }
    for part in ["default = { env = \"VICTIM\" }", "default = { file = \"~/secret\" }", "variables = [\"VICTIM\"]"] {
        let text = format!(
            "[system.acme]\ntype = \"none\"\nendpoint = \"{EVIL}\"\ncontext.x = {{ {part}, header = \"x\" }}\n\
             [profile.p]\nsystem = \"acme\"\n"
        );
        refused(stage.access(&text), &text);
    }
}

#[test]
fn a_profile_there_names_no_source_elsewhere_and_a_call_allows_all_of_it() {
    let stage = Stage::new();
    let secret = stage.path("home/secret");
    for keys in [
        "type = \"env\"\nvariable = \"VICTIM\"".to_owned(),
        format!("type = \"file\"\npath = {secret:?}"),
        "type = \"file\"\npath = \"own\"".to_owned(),
        "type = \"remote\"\ntoken_url = \"http://localhost/t\"".to_owned(),
        "type = \"remote\"\ntoken_url = \"https://evil.example/t\"\nsession = \"t\"".to_owned(),
        #[cfg(feature = "exec")]
        "type = \"exec\"\ncommand = [\"gcloud\", \"auth\", \"print-access-token\"]".to_owned(),
        format!("type = \"token_exchange\"\ntoken_url = \"{EVIL}\"\nsubject_token_file = {secret:?}"),
        "type = \"token\"\ntoken = { env = \"VICTIM\" }".to_owned(),
        "type = \"token\"\ntoken = { file = \"~/secret\" }".to_owned(),
    ] {
        for own in ["", "allow_nearby_endpoint = true\n"] {
            let text = format!("[profile.p]\n{own}endpoint = \"{EVIL}\"\n{keys}\n");
            refused(stage.access(&text), &text);
            stage.profiles(&text).trusted().access(Some("p"), &stage.env(&[])).unwrap();
        }
    }
}

#[test]
fn a_path_in_a_vendors_profile_there_is_no_way_to_a_file_of_the_users() {
    let stage = Stage::new();
    let path = stage.path("home/secret");
    for keys in [
        format!("system = \"ibm\"\nurl = \"{EVIL}\"\niam_profile_id = \"p\"\ncr_token_file = {path:?}"),
        format!("system = \"ibm\"\nurl = \"{EVIL}\"\niam_profile_id = \"p\"\ncr_token_file = \"~/secret\""),
        format!("system = \"ibm\"\nurl = \"{EVIL}\"\niam_profile_id = \"p\""),
        format!("system = \"ibm\"\nurl = \"{EVIL}\"\nauth_type = \"vpc\""),
        format!("system = \"watsonx\"\nurl = \"{EVIL}\"\ntoken_file = \"~/secret\""),
        format!("system = \"watsonx\"\nurl = \"{EVIL}\"\ntoken_file = \"../home/secret\""),
    ] {
        refused(stage.access(&format!("[profile.p]\n{keys}\n")), &keys);
    }
}

#[test]
fn a_dotenv_file_there_does_not_say_which_of_the_users_settings_count() {
    let stage = Stage::new();
    stage.folder.write("home/.config/authctl/config.toml", "[profile.default]\n[profile.prod]\n");
    stage.folder.write("project/.env", "AUTHCTL_CONFIG=evil.toml\nAUTHCTL_PROFILE=prod\nAUTHCTL_SOURCE=evil\n");
    let env = stage.env(&[]).with_dotenv(".env").unwrap();
    let error = Profiles::load(&env).unwrap_err().to_string();
    assert!(error.contains(".env:1") && error.contains("working directory"), "{error}");
    let path = stage.path("home/.config/authctl/config.toml");
    let error = Profiles::read(path, &env).unwrap().select(None, &env).unwrap_err().to_string();
    assert!(error.contains(".env:2") && error.contains("working directory"), "{error}");
}

#[test]
fn a_file_that_something_there_names_is_no_better_for_an_endpoint() {
    let stage = Stage::new();
    stage.folder.write("ibm.env", &format!("SVC_AUTH_URL={EVIL}\nSVC_URL={EVIL}\n"));
    stage.folder.write("project/.env", "IBM_CREDENTIALS_FILE=../ibm.env\n");
    stage.folder.write("project/.absolute", &format!("IBM_CREDENTIALS_FILE={}\n", stage.path("ibm.env")));
    for file in [".env", ".absolute"] {
        let env = stage.env(&[]).with_dotenv(file).unwrap();
        let ibm = || IbmCloud::from_env("svc", &env).api_key("k");
        refused(ibm().access(), file);
        refused(ibm().url("https://s.example").access(), file);
        ibm().allow_nearby_endpoint().access().unwrap();
    }
    // The user's own word, and what a file says whole.
    let named = stage.env(&[("IBM_CREDENTIALS_FILE", &stage.path("ibm.env"))]);
    IbmCloud::from_env("svc", &named).api_key("k").access().unwrap();
    stage.folder.write("ibm.env", &format!("SVC_APIKEY=k\nSVC_URL={EVIL}\n"));
    let env = stage.env(&[]).with_dotenv(".env").unwrap();
    IbmCloud::from_env("svc", &env).access().unwrap();
}

#[test]
fn neither_a_link_nor_a_relative_path_makes_an_endpoint_the_users_own() {
    let stage = Stage::new();
    stage.folder.write("real.env", &format!("PODSTACK_API_ENDPOINT={EVIL}\n"));
    stage.folder.write("home/.tokens", "PODSTACK_API_TOKEN=psk_1\n");
    stage.folder.write("evil.toml", &format!("[profile.p]\nsystem = \"podstack\"\nendpoint = \"{EVIL}\"\n"));
    let mut files = vec!["../real.env".to_owned()];
    #[cfg(unix)]
    {
        std::fs::create_dir(stage.path("project/sub")).unwrap();
        std::os::unix::fs::symlink(stage.path("real.env"), stage.path("project/sub/.env")).unwrap();
        std::os::unix::fs::symlink(stage.path("home/.tokens"), stage.path("project/tokens")).unwrap();
        files.extend(["sub/.env".to_owned(), stage.path("project/sub/.env")]);
        // A link to the user's file does not make its token the project's.
        stage.folder.write("project/.env", &format!("PODSTACK_API_ENDPOINT={EVIL}\n"));
        let env = stage.env(&[]).with_dotenv(".env").unwrap().with_dotenv("tokens").unwrap();
        refused(Podstack::from_env(&env).access(), "tokens");
    }
    for file in files {
        let env = stage.env(&[]).with_dotenv(&file).unwrap();
        refused(Podstack::from_env(&env).token("psk_1").access(), &file);
    }
    let env = stage.env(&[]);
    let profile = Profiles::read("../evil.toml", &env).unwrap().profile("p").unwrap();
    refused(Podstack::from_profile(profile, &env).token("psk_1").access(), "../evil.toml");
    let absolute = stage.env(&[]).with_dotenv(stage.path("real.env")).unwrap();
    Podstack::from_env(&absolute).token("psk_1").access().unwrap();
}

#[test]
fn an_expanded_value_is_no_more_the_files_own_than_its_parts() {
    let stage = Stage::new();
    let of = |text: &str| {
        stage.folder.write("project/.env", &format!("PODSTACK_API_ENDPOINT={EVIL}\n{text}\n"));
        Podstack::from_env(&stage.env(&[]).with_dotenv_expanded(".env").unwrap()).access()
    };
    for text in ["PODSTACK_API_TOKEN=${VICTIM}", "A=x${VICTIM}\nPODSTACK_API_TOKEN=${A}y"] {
        refused(of(text), text);
    }
    of("A=own\nPODSTACK_API_TOKEN=${A}x").unwrap();
    // The other way round: a file of the user's that takes its host from there.
    stage.folder.write("project/.env", "HOST=evil.example\n");
    stage.folder.write("home/.env", "PODSTACK_API_ENDPOINT=https://${HOST}\nPODSTACK_API_TOKEN=psk_1\n");
    let env = stage.env(&[]).with_dotenv(".env").unwrap().with_dotenv_expanded("~/.env").unwrap();
    refused(Podstack::from_env(&env).access(), "HOST");
}

#[test]
fn an_endpoint_there_gets_no_source_of_the_programs() {
    let stage = Stage::new();
    stage.folder.write("project/.env", &format!("IVCAP_URL={EVIL}\nWATSONX_URL={EVIL}\n"));
    let env = stage.env(&[]).with_dotenv(".env").unwrap();
    let source = || StaticToken::new("t").unwrap();
    refused(Ivcap::from_env(&env).source(source()).access(), "ivcap");
    refused(Watsonx::from_env(&env).source(source()).access(), "watsonx");
    let profile = stage.profiles(&format!("[profile.p]\nsystem = \"skyflow\"\nvault_url = \"{EVIL}\"\n")).profile("p");
    refused(Skyflow::from_profile(profile.unwrap(), &env).source(source()).access(), "skyflow");
}

#[test]
fn without_a_home_folder_nothing_stands_in_it() {
    let stage = Stage::new();
    stage.folder.write("project/~/.podstack/credentials", "[default]\napi_token = planted\n");
    let env = Env::of([("X", "")]).in_directory(stage.folder.path().join("project"));
    assert_eq!(Podstack::from_env(&env).access().unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(Profiles::read_ini("~/.podstack/credentials", &env).unwrap_err().kind(), ErrorKind::Unavailable);
    let alone = Podstack::new().token("psk_1").access().unwrap();
    assert!(alone.explain().notes().is_empty(), "{}", alone.explain());
}

#[test]
fn what_is_referred_to_is_not_shown_and_goes_where_the_rest_goes() {
    let stage = Stage::new();
    stage.folder.write("project/.env", &format!("EVIL={EVIL}\n"));
    let text = "[profile.p]\nsystem = \"podstack\"\nproject = { env = \"VICTIM\" }\napi_token = \"t\"\n\
                [profile.q]\ntype = \"client_credentials\"\nendpoint = { env = \"EVIL\" }\ntoken_url = \"https://login.example/t\"\n\
                client_id = { env = \"VICTIM\" }\nclient_secret = { env = \"EVIL\" }\n\
                [profile.r]\ntype = \"refresh_token\"\nendpoint = \"https://a.example\"\ntoken_url = { env = \"EVIL\" }\n\
                client_id = \"c\"\nclient_secret = { file = \"secret\" }\nrefresh_token = { env = \"EVIL\" }\n";
    stage.folder.write("home/config.toml", text);
    let env = stage.env(&[]).with_dotenv(".env").unwrap();
    let profiles = Profiles::read(stage.path("home/config.toml"), &env).unwrap();
    let access = profiles.access(Some("p"), &env).unwrap();
    let shown = access.explain().to_string();
    assert!(shown.contains("project: set, not shown (the variable VICTIM)") && !shown.contains(SECRET), "{shown}");
    assert_eq!(access.explain().value("project"), None);
    refused(profiles.access(Some("q"), &env), "a client's id");
    refused(profiles.access(Some("r"), &env), "a client's secret beside a token of the same file");
}
