//! `authctl emulator`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout};

use crate::rig::{Ended, User};

const PROFILES: [&str; 8] = ["default", "ibm", "watsonx", "skyflow", "cape", "podstack", "ivcap", "oauth"];

/// `authctl emulator` as a child, which is killed when this goes.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    url: String,
}

impl Running {
    async fn start(user: &User, arguments: &[&str]) -> Self {
        let arguments = ["emulator"].iter().chain(arguments);
        let mut child = user.authctl(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).await.unwrap();
        let url = line.strip_suffix('\n').unwrap_or_default().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line:?}");
        Self { child, stdout, url }
    }

    /// What it still wrote to stdout, what it wrote to stderr, and its exit code.
    #[cfg(unix)]
    async fn end(mut self, signal: nix::sys::signal::Signal) -> Ended {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), signal).unwrap();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).await.unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).await.unwrap();
        Ended { code: self.child.wait().await.unwrap().code(), stdout, stderr }
    }

    async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_emulator{path}", self.url);
        let reply = reqwest::Client::new().post(url).body(body.to_string()).send().await.unwrap();
        assert!(reply.status().is_success(), "{path}: {}", reply.status());
        serde_json::from_str(&reply.text().await.unwrap()).unwrap_or_default()
    }
}

/// The program itself, as the command that runs beside the emulator.
fn authctl() -> &'static str {
    env!("CARGO_BIN_EXE_authctl")
}

async fn beside(user: &User, command: &[&str]) -> Ended {
    Ended::of(user.authctl(["emulator", "--"].iter().chain(command)).output().await.unwrap())
}

/// What is not to start; a command that ends at once, so that a start is seen and not waited for.
async fn refused(user: &User, arguments: &str) -> Ended {
    let arguments = ["emulator"].into_iter().chain(arguments.split_whitespace()).chain(["--", authctl(), "--version"]);
    Ended::of(user.authctl(arguments).output().await.unwrap())
}

fn folders_left(user: &User) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(user.home()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains("authctl-emulator-")).collect()
}

#[cfg(unix)]
#[tokio::test]
async fn stdout_is_the_base_url_and_a_signal_ends_it() {
    use nix::sys::signal::Signal;
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let user = User::new();
        let emulator = Running::start(&user, &[]).await;
        let url = emulator.url.clone();
        let ended = emulator.end(signal).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""), "{signal}: {ended:?}");
        for word in ["watsonx", "/cape", "--write-config FILE", "-- CMD"] {
            assert!(ended.stderr.contains(word), "{word:?} is not in {:?}", ended.stderr);
        }
        assert!(reqwest::get(&url).await.is_err(), "nothing listens there any more");
    }
}

#[tokio::test]
async fn its_config_has_a_profile_of_each_system_that_gives_a_token() {
    let user = User::new();
    let file = user.home().join("emulated.toml");
    let emulator = Running::start(&user, &["--write-config", "emulated.toml"]).await;
    is_private(&file);
    let user = user.with("AUTHCTL_CONFIG", file.to_str().unwrap());
    for profile in PROFILES {
        let token = user.run(&format!("token -p {profile}")).await.data();
        assert!(token.len() > 30 && token.ends_with('\n'), "{profile}: {token:?}");
    }
    let api = format!("{}/api/things", emulator.url);
    for profile in ["default", "oauth"] {
        let token = user.run(&format!("token -p {profile}")).await.data();
        let reply = reqwest::Client::new().get(&api).bearer_auth(token.trim_end()).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{profile}");
    }
}

#[tokio::test]
async fn its_config_counts_in_the_working_directory_too() {
    let user = User::new();
    let project = tempfile::tempdir().unwrap();
    let file = project.path().join("emulated.toml");
    let _emulator = Running::start(&user, &["--write-config", file.to_str().unwrap()]).await;
    let there = |config: &str, profile: &str| {
        let mut command = user.authctl(["token", "-p", profile]);
        command.current_dir(project.path()).env("AUTHCTL_CONFIG", config).output()
    };
    for config in ["emulated.toml", file.to_str().unwrap()] {
        for profile in PROFILES {
            assert!(Ended::of(there(config, profile).await.unwrap()).data().len() > 30, "{config} {profile}");
        }
    }
}

#[tokio::test]
async fn a_config_that_somebody_else_wrote_is_not_written_over() {
    let user = User::new();
    let file = user.write("config.toml", "[profile.mine]\n");
    refused(&user, "--write-config config.toml").await.failed(2, &["config.toml", "another name"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "[profile.mine]\n");
    let own = user.home().join("own.toml");
    for _ in 0..2 {
        drop(Running::start(&user, &["--write-config", "own.toml"]).await);
        assert!(std::fs::read_to_string(&own).unwrap().contains("[profile.watsonx]"));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn personal_access_tokens_outlive_a_restart_in_the_state() {
    let user = User::new().with("AUTHCTL_CONFIG", "emulated.toml").with("AUTHCTL_PROFILE", "cape");
    let arguments = ["--state", "state.json", "--write-config", "emulated.toml"];
    let emulator = Running::start(&user, &arguments).await;
    let token = user.run("pat create -n kept").await.stdout;
    user.write("token", &token);
    emulator.end(nix::sys::signal::Signal::SIGTERM).await;
    let state = user.home().join("state.json");
    is_private(&state);
    assert!(!std::fs::read_to_string(&state).unwrap().contains(token.trim_end()));

    let _emulator = Running::start(&user, &arguments).await;
    let listed = user.run("pat list -o json --token-file token").await.data();
    assert_eq!(serde_json::from_str::<Value>(&listed).unwrap()[0]["name"], "kept");
    let _without = Running::start(&user, &arguments[2..]).await;
    user.run("pat list --token-file token").await.failed(1, &["401"]);
}

#[tokio::test]
async fn a_command_runs_with_the_config_and_its_exit_code_is_ours() {
    let user = User::new().with("AUTHCTL_PROFILE", "another-config's").with("AUTHCTL_SOURCE", "another-config's");
    let home = user.home().to_str().unwrap().to_owned();
    let user = user.with("TMPDIR", home);
    let token = beside(&user, &[authctl(), "token", "-p", "podstack"]).await.data();
    assert!(token.starts_with("psk_"), "{token}");
    assert!(beside(&user, &[authctl(), "token"]).await.data().len() > 100, "and `default` without a name");
    beside(&user, &[authctl(), "token", "-p", "no-such"]).await.failed(3, &["no-such"]);
    beside(&user, &[authctl(), "token", "--no-such"]).await.failed(2, &["--no-such"]);
    beside(&user, &["no-such-program"]).await.failed(127, &["no-such-program: there is no such program"]);
    assert_eq!(folders_left(&user), Vec::<PathBuf>::new());
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_is_told_where_the_emulator_is() {
    let user = User::new();
    let script = r#"echo "$AUTHCTL_EMULATOR_URL"; test -f "$AUTHCTL_CONFIG"; exit $((40 + $?))"#;
    let ended = beside(&user, &["sh", "-c", script]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(40), ""), "{ended:?}");
    assert!(ended.stdout.starts_with("http://127.0.0.1:"), "{ended:?}");
    let killed = beside(&user, &["sh", "-c", "kill -KILL $$"]).await;
    assert_eq!(killed.code, Some(137), "{killed:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_is_told_to_end_by_whatever_signal_and_nothing_is_left() {
    use nix::sys::signal::Signal;
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let user = User::new();
        let home = user.home().to_str().unwrap().to_owned();
        let user = user.with("TMPDIR", home);
        // The inner one prints its URL when it is ready, and ends by itself when it is told to.
        let emulator = Running::start(&user, &["--", authctl(), "emulator"]).await;
        assert_eq!(folders_left(&user).len(), 1);
        let url = emulator.url.clone();
        let ended = emulator.end(signal);
        let ended = tokio::time::timeout(std::time::Duration::from_secs(60), ended).await.expect("it ends");
        assert_eq!(ended.code, Some(0), "{signal} {ended:?}");
        assert!(reqwest::get(&url).await.is_err(), "{signal}: the inner one has ended");
        assert_eq!(folders_left(&user), Vec::<PathBuf>::new(), "{signal}");
    }
}

#[tokio::test]
async fn it_listens_on_loopback_alone_and_where_it_is_told() {
    let user = User::new();
    refused(&user, "--listen 0.0.0.0:0").await.failed(2, &["loopback"]);
    refused(&user, "--listen 127.0.0.1:0 --port 1").await.failed(2, &["cannot be used with"]);
    let emulator = Running::start(&user, &[]).await;
    let port = emulator.url.rsplit(':').next().unwrap();
    refused(&user, &format!("--port {port}")).await.failed(1, &[port, "can't be listened on"]);
    refused(&user, "--listen 127.0.0.1:1x").await.failed(2, &["1x"]);
    user.write("state", "S3CR3T");
    let broken = refused(&user, "--state state").await;
    broken.failed(1, &["--state"]);
    assert!(!broken.stderr.contains("S3CR3T"));
}

#[tokio::test]
async fn record_faults_and_clock_are_there_for_any_language() {
    let user = User::new();
    let emulator = Running::start(&user, &["--write-config", "emulated.toml", "--token-lifetime", "90s"]).await;
    let user = user.with("AUTHCTL_CONFIG", "emulated.toml");
    let token = user.run("token").await.data();
    assert_eq!(emulator.control("/carries", json!({"text": token.trim_end()})).await, json!({"requests": []}));
    emulator.control("/faults/token", json!({"always": {"answer": {"status": 400}}})).await;
    let ended = user.run("token --no-cache").await;
    assert_ne!(ended.code, Some(0), "{ended:?}");
    let record = reqwest::get(format!("{}/_emulator/requests?kind=token", emulator.url)).await.unwrap();
    let record: Value = serde_json::from_str(&record.text().await.unwrap()).unwrap();
    assert_eq!((&record["requests"][0]["status"], &record["requests"][1]["status"]), (&json!(200), &json!(400)));
    let api = |token: String| {
        let request = reqwest::Client::new().get(format!("{}/api/x", emulator.url)).bearer_auth(token.trim_end());
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(api(token.clone()).await, 200);
    emulator.control("/clock", json!({"advance_seconds": 91})).await;
    assert_eq!(api(token).await, 401);
}

fn is_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    assert!(path.is_file());
}

#[tokio::test]
async fn a_config_to_be_read_is_never_written() {
    let user = User::new();
    for line in ["--config other.toml emulator -- true", "emulator --config other.toml -- true"] {
        user.run(line).await.failed(2, &["--config", "--write-config FILE"]);
        assert!(!user.home().join("other.toml").exists(), "{line}");
    }
}
