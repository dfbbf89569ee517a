//! Real shells evaluate `authctl export`.

use tokio::process::Command;

use crate::hostile::PIECES;
use crate::rig::{Ended, User};

/// Each of them inside a value, at its beginning and its end, and all in one.
fn values() -> Vec<String> {
    let alone = PIECES.iter().map(|piece| format!("{}x{piece}x{}", piece.trim_start(), piece.trim_end()));
    alone.chain([PIECES.concat().trim().to_owned()]).collect()
}

/// What the shell has in the variable, having evaluated the output. The project's id goes into no header, so it may be anything.
async fn evaluated(shell: &str, script: &str, value: &str) -> String {
    let user = User::new().with("WATSONX_TOKEN", "tok-1").with("WATSONX_REGION", "us-south");
    let user = user.with("WATSONX_PROJECT_ID", value);
    let authctl = user.authctl(["export"]);
    let mut command = Command::new(shell);
    command.args(["-c", script]).env_clear().current_dir(user.home());
    let inherited = authctl.as_std().get_envs().filter_map(|(name, value)| Some((name, value?)));
    command.envs(inherited).env("AUTHCTL", env!("CARGO_BIN_EXE_authctl")).env("LC_ALL", "C.UTF-8");
    let output = command.output().await.unwrap_or_else(|error| panic!("{shell} is needed: {error}"));
    Ended::of(output).data()
}

#[tokio::test]
async fn bash_has_every_value_as_it_is() {
    for value in values() {
        let script = "text=$(\"$AUTHCTL\" export); unset WATSONX_PROJECT_ID; eval \"$text\"; \
                      exec env printf '%s|%s' \"$AUTHCTL_TOKEN\" \"$WATSONX_PROJECT_ID\"";
        assert_eq!(evaluated("bash", script, &value).await, format!("tok-1|{value}"));
    }
}

#[tokio::test]
async fn without_export_bash_has_it_for_itself_alone() {
    let script = "eval \"$(\"$AUTHCTL\" export -f env-no-export)\"; printf '%s|' \"$AUTHCTL_TOKEN\"; env | grep -c ^AUTHCTL_TOKEN=; true";
    assert_eq!(evaluated("bash", script, "p").await, "tok-1|0\n");
}

#[tokio::test]
async fn fish_has_every_value_as_it_is_and_gives_it_on() {
    for value in values() {
        let script = "\"$AUTHCTL\" export -f fish > text; set -e WATSONX_PROJECT_ID; cat text | source; \
                      exec env sh -c 'printf \"%s|%s\" \"$AUTHCTL_TOKEN\" \"$WATSONX_PROJECT_ID\"'";
        let script = script.replacen("\"$AUTHCTL\"", "$AUTHCTL", 1);
        assert_eq!(evaluated("fish", &script, &value).await, format!("tok-1|{value}"));
    }
}

#[tokio::test]
async fn bash_has_every_value_of_an_env_file_as_it_is_or_it_was_refused() {
    let script = "if \"$AUTHCTL\" export -f dotenv > .env 2> why; then unset WATSONX_PROJECT_ID; . ./.env; \
                  printf '%s|%s' \"$AUTHCTL_TOKEN\" \"$WATSONX_PROJECT_ID\"; \
                  else grep -q 'the value of WATSONX_.* has ' why && printf refused; fi";
    let mut refused = Vec::new();
    for value in values().into_iter().chain(["a b\"$HOME`x`\nc", "it's (x) ; ls", "a\\nb"].map(str::to_owned)) {
        match evaluated("bash", script, &value).await.as_str() {
            "refused" => refused.push(value),
            printed => assert_eq!(printed, format!("tok-1|{value}")),
        }
    }
    assert!((4..9).contains(&refused.len()), "{refused:?}");
}
