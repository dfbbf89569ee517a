//! `authctl completions`.

use crate::rig::User;

/// `.ci/run shells` has bash and fish read theirs.
#[tokio::test]
async fn there_is_a_script_for_each_shell() {
    for (shell, words) in [
        ("bash", "complete -F _authctl"),
        ("elvish", "edit:completion:arg-completer[authctl]"),
        ("fish", "complete -c authctl"),
        ("powershell", "Register-ArgumentCompleter"),
        ("zsh", "#compdef authctl"),
    ] {
        let script = User::new().run(&format!("completions {shell}")).await.data();
        assert!(script.contains(words) && script.contains("completions"), "{shell}: {script}");
    }
}

#[tokio::test]
async fn another_shell_is_refused_with_those_that_there_are() {
    let refused = User::new().run("completions tcsh").await;
    refused.failed(2, &["tcsh", "bash, elvish, fish, powershell, zsh"]);
}
