//! What is wrong on this machine.

use auth_emulator::{ClosedPort, Emulator};

use super::{Checked, doctor};
use crate::rig::{Ended, User, exchanging, profiles};

#[tokio::test]
async fn no_credential_is_3_and_what_needs_one_is_skipped() {
    let checked = doctor(&User::new(), "").await;
    assert_eq!(checked.code, Some(3));
    checked.is("credential", "fail", &["no credentials are configured", "authctl sources"]);
    checked.is("config", "skipped", &["config.toml"]);
    checked.is("token", "skipped", &["because of 1 (credential)"]);
    assert_eq!(checked.ids_that("fail"), ["credential"]);
}

#[tokio::test]
async fn a_broken_config_is_named_with_its_line() {
    let user = User::new().with_config("[profile.default]\ntype = \"token\"\ntoken = S3CR3T\n");
    let checked = doctor(&user, "").await;
    assert_eq!(checked.code, Some(3));
    checked.is("credential", "fail", &["config.toml:3"]);
    checked.is("config", "fail", &["config.toml:3", "--config"]);
    // One that is not needed does not hide the credential.
    let user = user.with("PODSTACK_API_KEY", "t");
    let checked = doctor(&user, "--system podstack --offline").await;
    checked.is("credential", "ok", &["podstack: token from the variable PODSTACK_API_KEY"]);
    checked.is("config", "fail", &["config.toml:3"]);
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_others_can_read_are_named_with_their_mode() {
    use std::os::unix::fs::PermissionsExt;
    let open = |path: std::path::PathBuf, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let emulator = Emulator::start().await.unwrap();
    let user =
        User::new().with_config(&(exchanging(&emulator).replace("api_key = ", "api_key = { file = \"key\" } # ")));
    let key = user.write(".config/authctl/key", Emulator::API_KEY);
    doctor(&user, "--offline").await.is("file-modes", "ok", &["config.toml", "/key"]);
    open(key, 0o640);
    doctor(&user, "--offline").await.is("file-modes", "warn", &["/key can be read", "(mode 0640): chmod 600"]);
    open(user.home().join(".config/authctl/config.toml"), 0o644);
    let checked = doctor(&user, "--offline").await;
    checked.is("file-modes", "warn", &["config.toml can be read", "(mode 0644)", "(mode 0640)"]);
    assert_eq!(checked.code, Some(0), "a warning is no failure");
    let dotenv = user.write("settings.env", "A=1\n");
    let checked =
        doctor(&User::new().with("PODSTACK_API_KEY", "t"), &format!("--offline --dotenv {}", dotenv.display())).await;
    checked.is("file-modes", "ok", &["for you alone", "settings.env"]);
    open(dotenv, 0o604);
    doctor(&user, "--offline --dotenv settings.env").await.is("file-modes", "warn", &["settings.env", "(mode 0604)"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_file_that_others_can_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let config = "[profile.default]\ntype = \"file\"\nendpoint = \"https://a.example\"\npath = \"token\"\n";
    let user = User::new().with_config(config);
    let token = user.write(".config/authctl/token", "t");
    std::fs::set_permissions(token, std::fs::Permissions::from_mode(0o644)).unwrap();
    doctor(&user, "--offline").await.is("file-modes", "warn", &["/token can be read", "(mode 0644)"]);
}

#[tokio::test]
async fn settings_of_the_working_directory_are_told() {
    let project = tempfile::tempdir().unwrap();
    let path = project.path().join("project.env");
    std::fs::write(&path, "PODSTACK_API_KEY=t\nPODSTACK_PROJECT=p-1\n").unwrap();
    let user = User::new();
    let mut command = user.authctl(["doctor", "--json", "--offline", "--dotenv", "project.env"]);
    let checked = Checked::of(Ended::of(command.current_dir(project.path()).output().await.unwrap()));
    checked.is("nearby", "warn", &["project: p-1 (PODSTACK_PROJECT in ", "project.env:2", "token: set, not shown"]);
}

#[tokio::test]
async fn what_is_set_and_does_nothing_is_told() {
    let emulator = Emulator::start().await.unwrap();
    let user =
        User::new().with_config(&profiles(&emulator)).with("PODSTACK_API_KEY", "a").with("PODSTACK_API_TOKEN", "b");
    let checked = doctor(&user, "--system podstack --offline").await;
    checked.is(
        "shadowed",
        "warn",
        &["PODSTACK_API_KEY is set and not used: the token is from the variable PODSTACK_API_TOKEN"],
    );
    let checked = doctor(&user, "--profile podstack --offline").await;
    checked.is("shadowed", "warn", &["api_token in ", " is not used: the variable PODSTACK_API_TOKEN wins"]);
    let user = user.with("WATSONX_URL", "https://a.example").with("WATSONX_APIKEY", "a").with("WATSONX_TOKEN", "b");
    let checked = doctor(&user, "--system watsonx --offline").await;
    checked.is("shadowed", "warn", &["the variable WATSONX_TOKEN is not used beside the API key"]);
}

#[tokio::test]
async fn a_proxy_that_is_none_and_one_that_nobody_is_behind_are_told() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    doctor(&user, "--offline").await.is("proxy", "ok", &["none is set"]);
    let user = user.with("HTTPS_PROXY", "http://user:S3CR3T@ not a host");
    let checked = doctor(&user, "--offline").await;
    checked.is("proxy", "fail", &["HTTPS_PROXY is no proxy's address"]);
    assert!(!format!("{checked:?}").contains("S3CR3T"));

    // What goes to this machine in plain goes past it.
    let nobody = ClosedPort::new().unwrap();
    let dead = nobody.address();
    let user = User::new().with_config(&profiles(&emulator)).with("HTTP_PROXY", format!("http://{dead}"));
    let user = user.with("http_proxy", format!("http://{dead}"));
    for line in ["--profile podstack", "--profile default"] {
        let checked = doctor(&user, line).await;
        assert_eq!((checked.code, checked.ids_that("warn").len()), (Some(0), 0), "{checked:#?}");
        user.run(&format!("whoami {line}")).await.data();
    }

    let user = User::new().with("HTTPS_PROXY", format!("http://user:S3CR3T@{dead}"));
    let user = user.with("PODSTACK_API_KEY", "t").with("PODSTACK_API_ENDPOINT", "https://api.example/v1");
    let checked = doctor(&user, "").await;
    checked.is("proxy", "ok", &["requests to the API go through it", &format!("HTTPS_PROXY: {dead}")]);
    checked.is("api-dns", "skipped", &["the proxy looks the name up"]);
    checked.is("api-connect", "fail", &[&format!("the proxy {dead} can't be reached: connection refused"), "NO_PROXY"]);
    checked.is("api-call", "skipped", &["because of 9 (api-connect)"]);
    assert!(!format!("{checked:?}").contains("S3CR3T"));

    // To this machine it leads astray.
    let user = user.with("PODSTACK_API_ENDPOINT", format!("https://{dead}/v1"));
    doctor(&user, "--offline").await.is("proxy", "warn", &["goes through the proxy", "NO_PROXY"]);
    let user = user.with("NO_PROXY", "127.0.0.1");
    doctor(&user, "--offline").await.is("proxy", "ok", &["past it"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_cache_that_others_can_read_or_that_is_no_folder_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::new().with("PODSTACK_API_KEY", "t");
    doctor(&user, "--offline --no-cache").await.is("cache", "skipped", &["--no-cache"]);
    let folder = user.home().join(".cache/authctl/tokens");
    std::fs::create_dir_all(&folder).unwrap();
    for (mode, status, words) in [(0o700, "ok", "for you alone"), (0o755, "warn", "(mode 0755): chmod 700")] {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
        doctor(&user, "--offline").await.is("cache", status, &[words]);
    }
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let token = user.write(".cache/authctl/tokens/a.json", "{}");
    doctor(&user, "--offline").await.is("cache", "ok", &["for you alone"]);
    std::fs::set_permissions(token, std::fs::Permissions::from_mode(0o604)).unwrap();
    doctor(&user, "--offline").await.is("cache", "warn", &["a.json can be read", "(mode 0604)", "authctl cache clear"]);
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "").unwrap();
    doctor(&user, "--offline").await.is("cache", "warn", &["is no folder"]);
}

#[tokio::test]
async fn the_fix_of_a_credential_is_about_what_is_wrong_there() {
    let user = User::new();
    let profile = "[profile.default]\ntype = \"token\"\nendpoint = \"https://a.example\"\n";
    user.write("variable.toml", &format!("{profile}token = {{ env = \"ACME_TOKEN\" }}\n"));
    user.write("placeholder.toml", &format!("{profile}token = \"${{ACME_TOKEN}}\"\n"));
    let create = "create it, or name another by --config / AUTHCTL_CONFIG";
    for (line, fix) in [
        ("--config variable.toml", "export ACME_TOKEN="),
        ("--system podstack", "export PODSTACK_API_TOKEN="),
        ("--config placeholder.toml", "correct the setting that the summary names"),
        ("--config none.toml", create),
        ("--profile another", create),
        ("", "authctl sources"),
    ] {
        let checked = doctor(&user, &format!("--offline {line}")).await;
        let said = checked.check("credential")["fix"].as_str().unwrap();
        assert!(said.contains(fix), "{line}: {said}");
        assert_eq!(said.contains("authctl sources"), line.is_empty(), "{line}: {said}");
    }
}

#[tokio::test]
async fn a_config_that_is_named_and_not_there_fails_and_is_to_be_created() {
    let fix = "create it, or name another by --config / AUTHCTL_CONFIG";
    let checked = doctor(&User::new(), "--offline --config none.toml").await;
    checked.is("config", "fail", &["there is no file", "none.toml", fix]);
    let user = User::new().with("AUTHCTL_CONFIG", "/none/config.toml");
    doctor(&user, "--offline").await.is("config", "fail", &["/none/config.toml", fix]);
    doctor(&User::new(), "--offline --profile another").await.is("config", "skipped", &["there is none"]);
}

#[tokio::test]
async fn a_config_in_the_working_directory_that_was_named_is_told_and_is_no_warning() {
    let user = User::new().with("ACME_TOKEN", "t").with("PODSTACK_API_KEY", "t");
    let profile = "[profile.default]\ntype = \"token\"\nendpoint = \"https://a.example\"\n";
    user.write("named.toml", &format!("{profile}token = {{ env = \"ACME_TOKEN\" }}\n"));
    let checked = doctor(&user, "--offline --config named.toml").await;
    checked.is("nearby", "ok", &["the config is there, and you named it"]);
    let checked = doctor(&user, "--offline --config named.toml --system podstack").await;
    checked.is("nearby", "ok", &["no setting comes from a file in the working directory"]);
}

// /proc takes no folder from anybody, not even from root.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_cache_that_can_not_be_made_is_told_and_one_that_could_leaves_nothing_behind() {
    let user = User::new().with("PODSTACK_API_KEY", "t");
    doctor(&user, "--offline").await.is("cache", "ok", &["is not there yet"]);
    assert_eq!(std::fs::read_dir(user.home()).unwrap().count(), 0, "nothing is left");
    let mut command = user.authctl(["doctor", "--json", "--offline"]);
    let checked = Checked::of(Ended::of(command.env("XDG_CACHE_HOME", "/proc").output().await.unwrap()));
    checked.is("cache", "warn", &["/proc/authctl", "can't be made"]);
}

#[cfg(unix)]
#[tokio::test]
async fn the_fix_of_an_open_file_is_the_command_and_its_secret_is_replaced_only_if_one_stands_there() {
    use std::os::unix::fs::PermissionsExt;
    let open = |path: &std::path::Path| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    };
    let profile = "[profile.default]\ntype = \"token\"\nendpoint = \"https://a.example\"\n";
    for (token, replaced) in [("{ env = \"ACME_TOKEN\" }", false), ("\"t\"", true)] {
        let user = User::new().with("ACME_TOKEN", "t").with_config(&format!("{profile}token = {token}\n"));
        let config = user.home().join(".config/authctl/config.toml");
        open(&config);
        let checked = doctor(&user, "--offline").await;
        let fix = checked.check("file-modes")["fix"].as_str().unwrap();
        assert!(fix.starts_with(&format!("chmod 600 {}", config.display())), "{fix}");
        assert_eq!(fix.contains("replace the secret"), replaced, "{fix}");
    }
}

#[tokio::test]
async fn an_object_is_printed_by_the_option_that_all_commands_have() {
    let user = User::new();
    let [text, json] = ["doctor -o text", "doctor --output json"].map(|line| user.run(line));
    assert!(text.await.stdout.starts_with(" 1 fail"));
    assert_eq!(json.await.stdout, user.run("doctor --json").await.stdout);
}
