//! `authctl exec`. The programs are scripts of a POSIX sh.

#![cfg(unix)]

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use auth_emulator::{Answer, Emulator};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::rig::{Ended, User, exchanging};

/// Long enough for a machine that is busy; what is waited for is there at once.
const LIMIT: Duration = Duration::from_secs(60);

/// A program under `authctl`, whose lines are read as it prints them.
struct Running {
    authctl: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(user: &User, arguments: &[&str], script: &str) -> Self {
        let line = [&["exec"], arguments, &["--", "sh", "-c", script]].concat();
        let mut command = user.authctl(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut authctl = command.spawn().unwrap();
        let lines = BufReader::new(authctl.stdout.take().unwrap()).lines();
        Self { authctl, lines }
    }

    async fn line(&mut self) -> String {
        let line = tokio::time::timeout(LIMIT, self.lines.next_line()).await.expect("a line in time");
        line.unwrap().expect("a line")
    }

    async fn say(&mut self, text: &str) {
        self.authctl.stdin.as_mut().unwrap().write_all(text.as_bytes()).await.unwrap();
    }

    /// A signal for `authctl` alone.
    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.authctl.id().unwrap()).unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }

    /// What is left to read when it has ended.
    async fn end(mut self) -> Ended {
        drop(self.authctl.stdin.take());
        let mut rest = String::new();
        while let Some(line) = tokio::time::timeout(LIMIT, self.lines.next_line()).await.expect("an end").unwrap() {
            rest += &line;
            rest.push('\n');
        }
        let Output { status, stderr, .. } = self.authctl.wait_with_output().await.unwrap();
        Ended::of(Output { status, stdout: rest.into_bytes(), stderr })
    }
}

async fn emulator(lifetime: Duration) -> Emulator {
    Emulator::builder().with_token_lifetime(lifetime).start().await.unwrap()
}

/// Tokens that end before the test does.
const SHORT: Duration = Duration::from_secs(3);
const LONG: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn the_program_finds_token_end_and_endpoint() {
    let emulator = emulator(LONG).await;
    let user = User::new().with_config(&exchanging(&emulator)).with("KEPT", "as it was");
    let script =
        "echo \"$AUTHCTL_TOKEN|$AUTHCTL_TOKEN_EXPIRES_AT|$AUTHCTL_ENDPOINT|$MINE|$KEPT|${AUTHCTL_TOKEN_FILE-none}\"";
    let line = ["exec", "--env", "MINE", "--", "sh", "-c", script];
    let printed = Ended::of(user.authctl(line).output().await.unwrap()).data();
    let parts: Vec<&str> = printed.trim_end().split('|').collect();
    let [token, end, endpoint, mine, kept, file] = parts.as_slice() else { panic!("{printed}") };
    emulator.verify(token).unwrap();
    assert!(end.len() == 20 && end.ends_with('Z'), "{end}");
    assert_eq!(*endpoint, emulator.api_url().trim_end_matches('/'));
    assert_eq!((*mine, *kept, *file), (*token, "as it was", "none"));
}

#[tokio::test]
async fn a_systems_own_clients_find_it_under_their_names() {
    type Row = (&'static [(&'static str, &'static str)], &'static str, &'static str);
    let rows: [Row; 3] = [
        (
            &[
                ("PODSTACK_API_TOKEN", "psk_1"),
                ("PODSTACK_PROJECT", "p-1"),
                ("PODSTACK_BASE_URL", "https://eu.example/v2"),
            ],
            "$PODSTACK_API_KEY $PODSTACK_API_ENDPOINT $PODSTACK_PROJECT_ID",
            "psk_1 https://eu.example/v2 p-1",
        ),
        (
            &[("IVCAP_JWT", "e.e.e"), ("IVCAP_URL", "https://i.example"), ("IVCAP_ACCOUNT_ID", "urn:ivcap:account:1")],
            "$IVCAP_JWT $IVCAP_URL $IVCAP_ACCOUNT_ID ${IVCAP_BASE_URL-unset}",
            "e.e.e https://i.example urn:ivcap:account:1 unset",
        ),
        (
            &[("USER_ACCESS_TOKEN", "e.e.e"), ("WATSONX_REGION", "us-south"), ("WATSONX_SPACE_ID", "s-1")],
            "$WATSONX_TOKEN $WATSONX_URL $WATSONX_DEPLOYMENT_SPACE_ID ${WATSONX_PROJECT_ID-unset}",
            "e.e.e https://us-south.ml.cloud.ibm.com s-1 unset",
        ),
    ];
    for (variables, script, expected) in rows {
        let user = variables.iter().fold(User::new(), |user, (name, value)| user.with(name, *value));
        let line = ["exec", "--", "sh", "-c", &format!("echo {script}")];
        let printed = Ended::of(user.authctl(line).output().await.unwrap()).data();
        assert_eq!(printed.trim_end(), expected);
    }
}

#[tokio::test]
async fn the_exit_code_is_the_programs() {
    let emulator = emulator(LONG).await;
    let user = User::new().with_config(&exchanging(&emulator));
    for refresh in ["none", "restart", "file"] {
        let code =
            |script: &'static str| user.authctl(["exec", "--refresh", refresh, "--", "sh", "-c", script]).output();
        assert_eq!(code("exit 7").await.unwrap().status.code(), Some(7), "{refresh}");
        let killed = code("kill -TERM $$").await.unwrap().status;
        let signal = std::os::unix::process::ExitStatusExt::signal(&killed);
        // In our place it ends by the signal itself, which a shell shows as the same number.
        let expected = if refresh == "none" { (None, Some(15)) } else { (Some(143), None) };
        assert_eq!((killed.code(), signal), expected, "{refresh}");
        user.run(&format!("exec --refresh {refresh} -- no-such-program")).await.failed(127, &["no such program"]);
        let path = user.write("not-a-program", "");
        let line = format!("exec --refresh {refresh} -- {}", path.display());
        user.run(&line).await.failed(126, &["not-a-program", "may not be executed"]);
        let not_started = [
            ("./not-a-program", 126, "it may not be executed: chmod +x?"),
            ("./none.sh", 127, "there is no such program"),
        ];
        for (program, code, why) in not_started {
            let words = format!("error: {program}: {why}\n");
            user.run(&format!("exec --refresh {refresh} -- {program}")).await.failed(code, &[&words]);
        }
        for (content, code, why) in [("#!/no/such/sh\n", 127, "its first line names")] {
            let path = user.write("cron.sh", content);
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
            user.run(&format!("exec --refresh {refresh} -- ./cron.sh"))
                .await
                .failed(code, &["error: ./cron.sh: ", why]);
        }
    }
}

#[tokio::test]
async fn without_credentials_the_program_is_not_started() {
    let ended = User::new().run("exec -- sh -c echo").await;
    ended.failed(3, &["no credentials are configured"]);
}

#[tokio::test]
async fn restart_gives_the_program_each_new_token_and_ends_with_it() {
    let emulator = emulator(SHORT).await;
    let user = User::new().with_config(&exchanging(&emulator));
    let script = "trap 'echo asked; exit 9' TERM; echo \"$AUTHCTL_TOKEN\"; read line & wait $!; echo done; exit 5";
    // A read in the background has no stdin of its own in sh.
    let script = script.replace("read line &", "exec 3<&0; sh -c 'read line <&3' &");
    let mut running = Running::start(&user, &["--refresh", "restart", "--min-ttl", "1s"], &script);
    let first = running.line().await;
    assert_eq!(running.line().await, "asked");
    let second = running.line().await;
    assert_ne!(first, second);
    emulator.set_token_lifetime(LONG);
    assert_eq!(running.line().await, "asked");
    let third = running.line().await;
    emulator.verify(&third).unwrap();
    running.say("end\n").await;
    let ended = running.end().await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(5), ""), "{ended:?}");
}

#[tokio::test]
async fn a_program_that_does_not_end_is_killed_and_started_again() {
    let emulator = emulator(SHORT).await;
    let user = User::new().with_config(&exchanging(&emulator));
    let script = "trap '' TERM; echo \"$AUTHCTL_TOKEN\"; while read line; do :; done";
    let mut running = Running::start(&user, &["--refresh", "restart", "--grace", "50ms"], script);
    let first = running.line().await;
    emulator.set_token_lifetime(LONG);
    assert_ne!(running.line().await, first);
    assert_eq!(running.end().await.code, Some(0));
}

#[tokio::test]
async fn the_file_is_private_rewritten_whole_and_gone_at_the_end() {
    let emulator = emulator(SHORT).await;
    let user = User::new().with_config(&exchanging(&emulator));
    let script = "echo \"$AUTHCTL_TOKEN_FILE\"; echo \"$MINE\"; echo \"${AUTHCTL_TOKEN-none}\"; while read line; do cat \"$MINE\"; echo; done";
    let mut running = Running::start(&user, &["--refresh", "file", "--env", "MINE", "--min-ttl", "1s"], script);
    let path = running.line().await;
    assert_eq!(running.line().await, path);
    assert_eq!(running.line().await, "none");
    let path = Path::new(&path);
    let mode = |path: &Path| std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions()) & 0o777;
    assert_eq!((mode(path), mode(path.parent().unwrap())), (0o600, 0o700));
    running.say("\n").await;
    let first = running.line().await;
    assert!(emulator.issued_tokens().contains(&first));
    emulator.wait_for_token_requests(2).await;
    loop {
        running.say("\n").await;
        let token = running.line().await;
        assert!(emulator.issued_tokens().contains(&token), "never half a token: {token}");
        if token != first {
            break;
        }
    }
    let ended = running.end().await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    assert!(!path.exists() && !path.parent().unwrap().exists());
}

#[tokio::test]
async fn a_file_of_the_users_choice_is_used_and_removed() {
    let emulator = emulator(LONG).await;
    let user = User::new().with_config(&exchanging(&emulator));
    let script = "cd /; cat \"$AUTHCTL_TOKEN_FILE\" && echo && echo \"$AUTHCTL_TOKEN_FILE\"";
    let line = ["exec", "--token-file", "here/token", "--", "sh", "-c", script];
    let folder = user.home().join("here");
    let missing = Ended::of(user.authctl(line).output().await.unwrap());
    missing.failed(1, &["--token-file", "there is no folder", "/here"]);
    std::fs::create_dir(&folder).unwrap();
    let printed = Ended::of(user.authctl(line).output().await.unwrap()).data();
    assert!(printed.trim_end().ends_with("here/token") && printed.lines().count() == 2, "{printed}");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    user.run("exec --refresh none --token-file x -- true").await.failed(2, &["--refresh file"]);
}

#[tokio::test]
async fn a_token_file_takes_the_place_of_nothing_else() {
    let emulator = emulator(LONG).await;
    let user = User::new().with_config(&exchanging(&emulator));
    let target = user.write("target", "kept");
    std::os::unix::fs::symlink(&target, user.home().join("link")).unwrap();
    std::os::unix::fs::symlink(user.home().join("nothing"), user.home().join("dangling")).unwrap();
    nix::unistd::mkfifo(&user.home().join("fifo"), nix::sys::stat::Mode::S_IRUSR).unwrap();
    for (name, why) in [
        ("link", "is a symbolic link"),
        ("dangling", "is a symbolic link"),
        ("fifo", "is not a plain file"),
        (".config", "is not a plain file"),
    ] {
        user.run(&format!("exec --token-file {name} -- echo started")).await.failed(1, &[name, why]);
        assert!(user.home().join(name).symlink_metadata().is_ok(), "{name} is still there");
    }
    // A file of tokens is the user's alone from its first byte: this is another one.
    let readme = user.write("README", "kept");
    std::fs::set_permissions(&readme, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    user.run("exec --token-file README -- echo started").await.failed(1, &["README", "chmod 600"]);
    assert_eq!((std::fs::read(&readme).unwrap(), std::fs::read(&target).unwrap()), (b"kept".into(), b"kept".into()));
    // One that a crash has left.
    user.write("token", "old");
    let line = ["exec", "--token-file", "token", "--", "sh", "-c", "cat token"];
    assert!(emulator.verify(&Ended::of(user.authctl(line).output().await.unwrap()).data()).is_ok());
    assert!(!user.home().join("token").exists());
}

#[tokio::test]
async fn a_file_that_has_come_in_the_place_of_the_tokens_is_not_removed() {
    let emulator = emulator(LONG).await;
    let user = User::new().with_config(&exchanging(&emulator));
    for script in ["rm token; echo mine > token", "mv token old; ln -s old token"] {
        let line = ["exec", "--token-file", "token", "--", "sh", "-c", script];
        assert_eq!(Ended::of(user.authctl(line).output().await.unwrap()).data(), "", "{script}");
        std::fs::remove_file(user.home().join("token")).expect(script);
    }
}

#[tokio::test]
async fn a_refresh_that_fails_is_a_warning_and_the_program_goes_on() {
    let emulator = emulator(SHORT).await;
    let user = User::new().with_config(&exchanging(&emulator));
    let script = "echo up; while read line; do cat \"$AUTHCTL_TOKEN_FILE\"; echo; done; exit 4";
    let mut running = Running::start(&user, &["--refresh", "file"], script);
    assert_eq!(running.line().await, "up");
    emulator.token_faults().always(Answer::new(http::StatusCode::SERVICE_UNAVAILABLE));
    // One to begin with, the three of the acquisition that fails, and one of the next, which begins when that is told.
    emulator.wait_for_token_requests(5).await;
    running.say("\n").await;
    let first = running.line().await;
    emulator.token_faults().clear();
    loop {
        running.say("\n").await;
        if running.line().await != first {
            break;
        }
    }
    let ended = running.end().await;
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.stderr.contains("warning") && ended.stderr.contains("keeps the old one"), "{ended:?}");
}

#[tokio::test]
async fn each_signal_that_is_sent_reaches_the_program_once() {
    let emulator = emulator(LONG).await;
    let user = User::new().with_config(&exchanging(&emulator));
    let traps = "for s in INT TERM HUP QUIT USR1 USR2; do trap \"echo $s\" $s; done; echo up; \
                 while :; do read line && break; done; echo over";
    for refresh in ["none", "restart", "file"] {
        let mut running = Running::start(&user, &["--refresh", refresh], traps);
        assert_eq!(running.line().await, "up");
        for signal in
            [Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGINT, Signal::SIGTERM]
        {
            running.signal(signal);
            assert_eq!(format!("SIG{}", running.line().await), signal.as_str(), "{refresh}");
        }
        running.say("\n").await;
        let ended = running.end().await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "over\n"), "{refresh}: {ended:?}");
    }
}

#[tokio::test]
async fn a_signal_that_was_ignored_stays_ignored() {
    let emulator = emulator(LONG).await;
    let user = User::new().with_config(&exchanging(&emulator));
    let inner = "trap \"echo later\" USR1; echo up; while :; do read line && break; done; echo still here";
    // As `nohup` does.
    let outer = format!("trap '' HUP; exec {} exec --refresh file -- sh -c '{inner}'", env!("CARGO_BIN_EXE_authctl"));
    let mut command = user.authctl(["--version"]);
    let mut shell = tokio::process::Command::new("sh");
    shell.args(["-c", &outer]).env_clear().current_dir(user.home());
    shell.envs(command.as_std_mut().get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut authctl = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(authctl.stdout.take().unwrap()).lines();
    let mut running = Running { authctl, lines };
    assert_eq!(running.line().await, "up");
    running.signal(Signal::SIGHUP);
    // It comes behind: once it is there, the other one would be, too.
    running.signal(Signal::SIGUSR1);
    assert_eq!(running.line().await, "later");
    running.say("\n").await;
    assert_eq!(running.end().await.stdout, "still here\n");
}
