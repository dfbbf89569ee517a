//! `authctl credential-helper`. What the real git makes of it is the recipe `git`.

use std::path::Path;
use std::process::Stdio;

use auth_core::sources::{Exec, ExecFormat};
use auth_core::{Authenticator, Env};
use auth_emulator::Emulator;
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::rig::{Ended, User, exchanging};

/// What it answers to these lines.
async fn git(user: &User, arguments: &str, lines: &str) -> Ended {
    let line = format!("credential-helper git {arguments}");
    let mut command = user.authctl(line.split_whitespace());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(lines.as_bytes()).await.unwrap();
    drop(stdin);
    Ended::of(child.wait_with_output().await.unwrap())
}

fn acme() -> User {
    User::new().with_config(
        "[profile.default]\ntype = \"token\"\ntoken = \"tok-1\"\nendpoint = \"https://api.acme.example/v1\"\n",
    )
}

#[tokio::test]
async fn git_gets_the_token_for_the_endpoint_and_named_hosts_alone() {
    let password = "username=oauth2\npassword=tok-1\n";
    let rows = [
        ("get", "protocol=https\nhost=api.acme.example\n\n", password),
        ("get", "protocol=https\nhost=API.acme.example:443\npath=a/b.git\n\n", password),
        ("get", "protocol=https\nhost=git.acme.example\n\n", ""),
        ("--host git.acme.example get", "protocol=https\nhost=git.acme.example\n\n", password),
        ("--host git.acme.example:8443 get", "protocol=https\nhost=git.acme.example\n\n", ""),
        ("get", "protocol=http\nhost=api.acme.example\n\n", ""),
        ("--host git.acme.example get", "protocol=http\nhost=git.acme.example\n\n", ""),
        ("--host localhost:8000 get", "protocol=http\nhost=localhost:8000\n\n", password),
        ("get", "protocol=https\nhost=api.acme.example.evil.example\n\n", ""),
        ("get", "protocol=https\nhost=api.acme.example:444\n\n", ""),
        ("get", "protocol=ssh\nhost=api.acme.example\n\n", ""),
        ("get", "protocol=https\nhost=api.acme.example\nusername=me\n\n", "username=me\npassword=tok-1\n"),
        ("--username me get", "protocol=https\nhost=api.acme.example\n\n", "username=me\npassword=tok-1\n"),
        ("--username me get", "protocol=https\nhost=api.acme.example\nusername=you\n\n", ""),
        ("store", "protocol=https\nhost=api.acme.example\npassword=tok-1\n\n", ""),
        ("erase", "protocol=https\nhost=api.acme.example\npassword=tok-1\n\n", ""),
        ("something-new", "protocol=https\nhost=api.acme.example\n\n", ""),
        ("capability", "", "version 0\ncapability authtype\n"),
    ];
    for (arguments, lines, expected) in rows {
        assert_eq!(git(&acme(), arguments, lines).await.data(), expected, "{arguments} {lines:?}");
    }
}

#[tokio::test]
async fn git_that_knows_schemes_gets_a_bearer_token_and_its_end() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let host = emulator.api_url().split('/').nth(2).unwrap().to_owned();
    let lines = format!("capability[]=authtype\ncapability[]=state\nprotocol=http\nhost={host}\n\n");
    let text = git(&user, "get", &lines).await.data();
    let pairs: Vec<_> = text.lines().map(|line| line.split_once('=').unwrap()).collect();
    let [capability, authtype, (_, token), ephemeral, (_, end)] = pairs.as_slice() else { panic!("{text}") };
    assert_eq!(
        (*capability, *authtype, *ephemeral),
        (("capability[]", "authtype"), ("authtype", "Bearer"), ("ephemeral", "1"))
    );
    emulator.verify(token).unwrap();
    let end = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(end.parse().unwrap());
    assert!(end > std::time::SystemTime::now(), "{text}");
}

#[tokio::test]
async fn what_git_would_never_say_is_refused() {
    for lines in ["protocol=https\nhost=api.acme.example\0\n", "protocol=https\nhost=a\u{1b}\n", "host\n"] {
        git(&acme(), "get", lines).await.failed(1, &["git"]);
    }
    let long = format!("protocol=https\npath={}\n", "x".repeat(70_000));
    git(&acme(), "get", &long).await.failed(1, &["64 KiB"]);
}

#[tokio::test]
async fn a_user_without_credentials_is_not_in_the_way_of_other_hosts() {
    let lines = "protocol=https\nhost=git.example\n\n";
    assert_eq!(git(&User::new(), "get", lines).await.data(), "");
    git(&User::new(), "--host git.example get", lines).await.failed(3, &["no credentials are configured"]);
}

/// A description in tests/data: each line a field, whether it has to be there, and what it is. What is not in it is an error.
fn check(document: &Value, schema: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/schemas").join(schema);
    let text = std::fs::read_to_string(path).unwrap();
    let fields = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let fields: Vec<(&str, bool, Vec<&str>)> = fields
        .map(|line| {
            let mut words = line.split_whitespace();
            let (path, presence) = (words.next().unwrap(), words.next().unwrap());
            (path, presence == "required", words.collect())
        })
        .collect();
    let mut seen = Vec::new();
    walk("", document, &mut seen);
    for (path, value) in &seen {
        let (_, _, kind) =
            fields.iter().find(|(known, ..)| known == path).unwrap_or_else(|| panic!("{path} is in no schema"));
        let text = value.as_str().unwrap_or_default();
        let fits = match kind.as_slice() {
            ["object"] => value.is_object(),
            ["boolean"] => value.is_boolean(),
            ["string"] => !text.is_empty(),
            ["integer", expected] => value.as_i64() == expected.parse().ok(),
            ["rfc3339"] => text.parse::<jiff::Timestamp>().is_ok() && text.ends_with('Z') && text.len() == 20,
            ["one-of", values @ ..] => values.contains(&text),
            kind => panic!("{kind:?} is no kind"),
        };
        assert!(fits, "{path}: {value} is not {kind:?}");
    }
    for (path, is_required, _) in fields {
        assert!(!is_required || seen.iter().any(|(known, _)| known == path), "{path} is not there: {document}");
    }
}

fn walk<'a>(path: &str, value: &'a Value, seen: &mut Vec<(String, &'a Value)>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        seen.push((path.clone(), value));
        walk(&path, value, seen);
    }
}

#[tokio::test]
async fn kubectl_is_answered_in_the_version_it_asks_for_and_by_its_schema() {
    let emulator = Emulator::start().await.unwrap();
    let user = || User::new().with_config(&exchanging(&emulator));
    let info = |version: &str| {
        format!(
            r#"{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/{version}","spec":{{"interactive":true}}}}"#
        )
    };
    for (user, version) in [
        (user(), "v1"),
        (user().with("KUBERNETES_EXEC_INFO", info("v1")), "v1"),
        (user().with("KUBERNETES_EXEC_INFO", info("v1beta1")), "v1beta1"),
    ] {
        let document: Value = serde_json::from_str(&user.run("credential-helper k8s").await.data()).unwrap();
        check(&document, "exec-credential.txt");
        assert_eq!(document["apiVersion"], format!("client.authentication.k8s.io/{version}"));
        emulator.verify(document["status"]["token"].as_str().unwrap()).unwrap();
    }
    let old = user().with("KUBERNETES_EXEC_INFO", info("v1alpha1"));
    old.run("credential-helper k8s").await.failed(1, &["KUBERNETES_EXEC_INFO", "v1 or ", "v1beta1"]);
    let unknown_end = acme().run("credential-helper k8s").await.data();
    check(&serde_json::from_str(&unknown_end).unwrap(), "exec-credential.txt");
}

#[tokio::test]
async fn aws_sdks_are_answered_by_their_schema() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    for line in ["credential-helper process", "export -f process"] {
        let document: Value = serde_json::from_str(&user.run(line).await.data()).unwrap();
        check(&document, "credential-process.txt");
        emulator.verify(document["SessionToken"].as_str().unwrap()).unwrap();
        assert!(document.get("Expiration").is_some(), "else it would be taken to last for ever");
    }
}

#[tokio::test]
async fn what_a_schema_does_not_have_is_noticed() {
    let good = serde_json::json!({"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b"});
    check(&good, "credential-process.txt");
    for (name, value) in
        [("Version", 2.into()), ("Extra", "x".into()), ("Expiration", "soon".into()), ("AccessKeyId", "".into())]
    {
        let mut bad = good.clone();
        bad[name] = value;
        assert!(std::panic::catch_unwind(|| check(&bad, "credential-process.txt")).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn our_own_source_reads_each_of_them_back() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let home = user.home().to_str().unwrap();
    for (format, line) in [
        (ExecFormat::Kubernetes, "credential-helper k8s"),
        (ExecFormat::KubernetesV1Beta1, "credential-helper k8s"),
        (ExecFormat::AwsCredentialProcess, "credential-helper process"),
        (ExecFormat::AwsCredentialProcess, "export -f process"),
        (ExecFormat::Line, "token"),
        (ExecFormat::Detect, "credential-helper k8s"),
    ] {
        let env = Env::of([("HOME", home), ("USERPROFILE", home)]);
        let source = Exec::new(env!("CARGO_BIN_EXE_authctl"), line.split(' ')).in_env(env).format(format);
        let auth = Authenticator::builder(source).anywhere().build().unwrap();
        let credential = auth.token(std::time::Duration::ZERO).await.unwrap();
        emulator.verify(credential.secret().unwrap().expose()).unwrap();
        assert!(auth.status().expires_at().is_some(), "{line}");
    }
}

/// A profile whose helper asks, by way of `authctl` itself, for the same profile.
#[tokio::test]
async fn helpers_that_ask_for_themselves_end_with_the_circle_named() {
    let authctl = env!("CARGO_BIN_EXE_authctl");
    let profile = |name: &str, asked: &str| {
        format!(
            "[profile.{name}]\ntype = \"exec\"\ncommand = [{authctl:?}, \"token\", \"--profile\", {asked:?}]\n\
             endpoint = \"https://api.acme.example\"\n"
        )
    };
    let config = [profile("one", "two"), profile("two", "three"), profile("three", "two")].concat();
    let user = User::new().with_config(&config);
    for line in ["token --profile three", "credential-helper k8s --profile three", "exec --profile three -- true"] {
        user.run(line).await.failed(3, &["helper programs call each other in a circle: three -> two -> three"]);
    }
    // From outside of it, where the names are a stranger's words.
    user.run("token --profile one").await.failed(3, &["in a circle: below one"]);
    let lines = "protocol=https\nhost=api.acme.example\n\n";
    let chain = user.with("AUTHCTL_EXEC_CHAIN", "above#00000000");
    let ended = git(&chain, "--profile three get", lines).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), "quit=1\n"), "git is to ask nobody else: {ended:?}");
}

#[tokio::test]
async fn a_token_that_git_was_refused_with_is_not_the_next_answer() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let host = emulator.api_url().split('/').nth(2).unwrap().to_owned();
    let lines = |more: &str| format!("protocol=http\nhost={host}\n{more}\n");
    let first = git(&user, "get", &lines("")).await.data();
    assert_eq!(git(&user, "get", &lines("")).await.data(), first, "it is kept");
    let password = |text: &str| text.lines().find(|line| line.starts_with("password=")).unwrap().to_owned() + "\n";
    git(&user, "erase", &lines("password=another\n")).await.data();
    assert_eq!(git(&user, "get", &lines("")).await.data(), first, "that was not ours");
    git(&user, "erase", &lines(&password(&first))).await.data();
    assert_ne!(git(&user, "get", &lines("")).await.data(), first);
    assert_eq!(emulator.token_request_count(), 2);
}
