use super::*;
use crate::ErrorKind;
use crate::settings::{Lookup, Settings};
use crate::testing::Folder;

const CREDENTIALS: &str =
    "\u{feff}# mine\r\n[default]\r\nAPI_Token = t0k3n\r\n\r\n[Prod]\r\napi_token=\"quoted\"\r\n[prod]\r\n";

fn credentials(folder: &Folder, text: &str) -> (Env, Profiles) {
    folder.write("credentials", text);
    let env = Env::of([("X", "")]).in_directory(folder.path());
    let profiles = Profiles::read_ini("credentials", &env).unwrap();
    (env, profiles)
}

fn token(env: Env, profile: Profile) -> Result<crate::Secret, Error> {
    let lookup = Lookup::new("token").secret().variables(&["TOKEN"]).keys(&["api_token"]);
    Settings::new(env).with_profile(profile).require(&lookup)?.token()
}

#[test]
fn a_section_is_a_profile_and_knows_its_lines() -> Result<(), Error> {
    let folder = Folder::new();
    let (env, profiles) = credentials(&folder, CREDENTIALS);
    assert_eq!(profiles.names().collect::<Vec<_>>(), ["default", "Prod", "prod"]);
    let profile = profiles.profile("default")?;
    assert_eq!(token(env.clone(), profile.clone())?.expose(), "t0k3n");
    let found = profile.find("token", "api_token", &env)?.unwrap();
    assert!(found.provenance().is_nearby() && found.provenance().to_string().ends_with("credentials:3"));
    Ok(())
}

#[test]
fn a_token_in_quotes_is_an_error_that_says_so() -> Result<(), Error> {
    let folder = Folder::new();
    let (env, profiles) = credentials(&folder, CREDENTIALS);
    let error = token(env, profiles.profile("Prod")?).unwrap_err().to_string();
    assert!(error.contains("quotes; remove them") && error.contains("credentials:6"), "{error}");
    assert!(!error.contains("quoted"), "{error}");
    Ok(())
}

#[test]
fn an_unknown_profile_lists_the_known_ones() {
    let folder = Folder::new();
    let (_, profiles) = credentials(&folder, CREDENTIALS);
    let error = profiles.profile("PROD").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    let text = error.to_string();
    assert!(
        text.starts_with("there is no profile PROD in ") && text.ends_with("there are: default, Prod, prod"),
        "{text}"
    );
}

#[test]
fn the_list_of_profiles_stays_short() {
    let folder = Folder::new();
    let many: String = (0..3000).map(|n| format!("[section-number-{n}]\n")).collect();
    let huge = format!("[{}]\n[{}]\n", "é".repeat(300), "b".repeat(4000));
    for (text, end) in [(many.as_str(), " more"), (&huge, "b"), ("", "none at all")] {
        let (env, profiles) = credentials(&folder, text);
        for name in ["x", &"y".repeat(5000)] {
            let error = profiles.select(Some(name), &env).unwrap_err().to_string();
            assert!(error.len() < 280 && (error.ends_with(end) || name.len() > 1), "{error}");
        }
    }
}

#[test]
fn the_argument_wins_over_the_variable_and_both_over_the_default() -> Result<(), Error> {
    let folder = Folder::new();
    let (env, profiles) = credentials(&folder, CREDENTIALS);
    let set = Env::of([("AUTHCTL_PROFILE", "Prod"), ("PODSTACK_PROFILE", "nope")]);
    assert_eq!(profiles.select(None, &env)?.name(), "default");
    assert_eq!(profiles.select(Some(""), &set)?.name(), "Prod");
    assert_eq!(profiles.select(Some("prod"), &set)?.name(), "prod");
    let error = profiles.select_by(None, &["PODSTACK_PROFILE"], &set).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("the variable PODSTACK_PROFILE"), "{error}");
    let (env, profiles) = credentials(&folder, "[other]\n");
    assert_eq!(profiles.select(None, &env).unwrap_err().kind(), ErrorKind::Unavailable, "nobody named one");
    Ok(())
}

#[test]
fn a_file_that_is_not_there_and_a_wrong_line_are_named() {
    let folder = Folder::new();
    let env = Env::process().in_directory(folder.path());
    assert_eq!(Profiles::read_ini("credentials", &env).unwrap_err().kind(), ErrorKind::Unavailable);
    folder.write("credentials", "[default]\nS3cr3tS3cr3t\n");
    let error = Profiles::read_ini("credentials", &env).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("credentials:2 ") && !error.to_string().contains("S3cr3t"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_a_note_of_the_explanation() -> Result<(), Error> {
    let folder = Folder::new();
    folder.write_as("credentials", "[default]\n", 0o640);
    let env = Env::process().in_directory(folder.path());
    let profile = Profiles::read_ini("credentials", &env)?.profile("default")?;
    let settings = Settings::new(env).with_profile(profile);
    assert!(settings.explain().to_string().contains("mode 0640"), "{}", settings.explain());
    Ok(())
}

#[cfg(feature = "profiles")]
#[test]
fn the_config_is_where_the_variable_says_or_in_the_configuration_directory() {
    let folder = Folder::new();
    let home = folder.path().to_str().unwrap();
    let path = folder.write("authctl/config.toml", "[profile.default]\n");
    let variable = if cfg!(windows) { "APPDATA" } else { "XDG_CONFIG_HOME" };
    assert_eq!(Profiles::load(&Env::of([(variable, home)])).unwrap().path(), path);
    folder.write(".config/authctl/config.toml", "[profile.default]\n[profile.b]\n");
    if !cfg!(windows) {
        assert_eq!(Profiles::load(&Env::of([("HOME", home)])).unwrap().names().count(), 2);
    }
    let named = Env::of([("AUTHCTL_CONFIG", "authctl/config.toml")]).in_directory(folder.path());
    assert_eq!(Profiles::load(&named).unwrap().path(), path);
    let error = Profiles::load(&Env::of([("AUTHCTL_CONFIG", "nope.toml")]).in_directory(folder.path())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().ends_with("nope.toml (from the variable AUTHCTL_CONFIG)"), "{error}");
    for env in [Env::of([("X", "")]), Env::of([(variable, home), ("HOME", "/nowhere")])] {
        std::fs::remove_dir_all(folder.path().join("authctl")).ok();
        assert_eq!(Profiles::load(&env).unwrap_err().kind(), ErrorKind::Unavailable);
    }
}

/// Found by the fuzz target `profiles`: watsonx knows more keys than an error has room for.
#[test]
fn known_keys_are_listed_as_far_as_there_is_room_and_those_alike_first() {
    let mut profile = Profile::new("p", "/etc/acme/config.toml", false);
    profile.insert("project_idd", Value::Literal("x".into()), Some(7));
    let known: Vec<String> = (0..60).map(|n| format!("setting_{n}")).chain(["project_id".to_owned()]).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let message = profile.unknown_key("project_idd", &known).to_string();
    assert!(message.len() < 300 && message.ends_with(" more"), "{message}");
    assert!(message.contains("config.toml:7 means nothing here: known are project_id, setting_0, "), "{message}");
    let message = profile.unknown_key("project_idd", &known[59..]).to_string();
    assert!(message.ends_with("known are setting_59, project_id"), "{message}");
}
