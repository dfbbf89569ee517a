//! `authctl export`. What real shells make of it is the recipe `shells`.

use auth_core::{Env, settings::DotEnv};
use auth_emulator::Emulator;

use crate::rig::{User, exchanging};

#[tokio::test]
async fn the_default_is_for_a_posix_shell() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let text = user.run("export --env MINE").await.data();
    let names: Vec<&str> = text.lines().map(|line| line.split_once("='").unwrap().0).collect();
    let expected = ["AUTHCTL_ENDPOINT", "AUTHCTL_TOKEN", "MINE", "AUTHCTL_TOKEN_EXPIRES_AT"];
    assert_eq!(names, expected.map(|name| format!("export {name}")));
    let token = text.lines().nth(1).unwrap().split('\'').nth(1).unwrap();
    emulator.verify(token).unwrap();
}

#[tokio::test]
async fn a_dotenv_file_is_read_back() {
    for token in ["psk_\"$(x)`\\d!", "psk_it's"] {
        let user = User::new().with("PODSTACK_API_TOKEN", token).with("PODSTACK_PROJECT", "p (1) '2'");
        let text = user.run("export -f dotenv").await.data();
        let path = user.write(".env", &text);
        let read = DotEnv::read(path, &Env::empty()).unwrap();
        for name in ["AUTHCTL_TOKEN", "PODSTACK_API_TOKEN", "PODSTACK_API_KEY"] {
            assert_eq!(read.get(name).unwrap().expose(), token, "{name}");
        }
        assert_eq!(read.get("PODSTACK_PROJECT_ID").unwrap().expose(), "p (1) '2'");
    }
    let user = User::new().with("PODSTACK_API_TOKEN", "psk_'$(x)");
    user.run("export -f dotenv").await.failed(1, &["the value of AUTHCTL_TOKEN has a single quote beside"]);
}

#[tokio::test]
async fn github_masks_the_token_first_and_gets_the_rest_in_its_file() {
    let user = User::new().with("PODSTACK_API_TOKEN", "psk_100%");
    user.run("export -f github-actions").await.failed(2, &["GITHUB_ENV is not set"]);
    // A file of settings is no runner.
    let dotenv = user.write("settings.env", &format!("GITHUB_ENV={}\n", user.home().join("elsewhere").display()));
    let line = format!("--dotenv {} export -f github-actions", dotenv.display());
    user.run(&line).await.failed(2, &["GITHUB_ENV is not set"]);
    let missing = User::new().with("PODSTACK_API_TOKEN", "psk_1").with("GITHUB_ENV", "no-such-file");
    missing.run("export -f github-actions").await.failed(1, &["the file that GITHUB_ENV names can't be written"]);
    assert!(!missing.home().join("no-such-file").exists(), "the runner makes it");
    let path = user.write("github_env", "EARLIER=1\n");
    let user = user.with("GITHUB_ENV", path.to_str().unwrap());
    assert_eq!(user.run("export -f github-actions").await.data(), "::add-mask::psk_100%25\n");
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.starts_with("EARLIER=1\n") && text.contains("\nAUTHCTL_TOKEN<<authctl_"), "{text}");
    assert!(text.contains("\npsk_100%\nauthctl_"), "{text}");
}

#[tokio::test]
async fn what_can_not_be_written_is_an_error_that_names_the_variable() {
    let user = User::new().with("PODSTACK_API_TOKEN", "psk_\"1");
    let ended = user.run("export -f cmd").await;
    ended.failed(1, &["the value of AUTHCTL_TOKEN has a double quote"]);
    assert!(!ended.stderr.contains("psk_"), "{ended:?}");
    user.run("export --env A;B").await.failed(2, &["a variable's name"]);
    for name in ["PATH", "path", "LD_PRELOAD", "GIT_SSH_COMMAND"] {
        for line in [format!("export --env {name}"), format!("exec --env {name} -- echo started")] {
            user.run(&line).await.failed(2, &[&format!("--env {name} would break or steer the program")]);
        }
    }
    let described = "[system.acme]\ntype = \"token\"\nendpoint.default = \"https://api.acme.example\"\n\
                     token = { variables = [\"ACME_TOKEN\", \"GIT_SSH_COMMAND\"] }\n";
    let described = User::new().with("ACME_TOKEN", "t").with_config(described);
    described.run("export --system acme").await.failed(3, &["config.toml:4", "shells and programs know that variable"]);
    User::new().run("export").await.failed(3, &["no credentials are configured"]);
}
