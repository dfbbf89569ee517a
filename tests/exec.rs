//! A helper program gets what it is given and nothing else, and whatever becomes of it, nothing of it is left.
//!
//! Real programs, on virtual time. What they print is the parser's affair (`sources/exec` in auth-core) and the cases'
//! (`data/cases/exec.json`).

use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::sources::{Exec, ExecFormat};
use auth_core::{Authenticator, Env, Error, ErrorKind};

use crate::rig::{HANG, Lifeline, is_there};

const SECRET: &str = "secret-of-a-helper";

fn env() -> Env {
    Env::of([
        ("PATH", "/usr/bin:/bin"),
        ("HOME", "/nonexistent"),
        ("OTHER", SECRET),
        ("AWS_PROFILE", "p"),
        ("LANG", "C"),
    ])
}

/// A shell script, with its arguments from `$1` on.
fn script(script: &str, args: &[&str]) -> Exec {
    Exec::new("sh", ["-c", script, "sh"].iter().chain(args).copied()).in_env(env())
}

fn authenticator(exec: Exec) -> (Authenticator, FakeRuntime) {
    let clock = FakeRuntime::new();
    (Authenticator::builder(exec).anywhere().runtime(clock.clone()).build().unwrap(), clock)
}

async fn run(exec: Exec) -> Result<String, Error> {
    let credential = authenticator(exec).0.token(Duration::ZERO).await?;
    Ok(credential.secret().map(|secret| secret.expose().to_owned()).unwrap_or_default())
}

/// The error, which holds none of what must not be told.
async fn failure(exec: Exec) -> (ErrorKind, String) {
    let error = run(exec).await.unwrap_err();
    let message = format!("{error} {error:?}");
    assert!(!message.contains("secret") && error.to_string().len() < 300, "{message}");
    (error.kind(), error.to_string())
}

/// A helper that hangs, and has been heard: the ids of it and of what it started.
async fn hanging(lifeline: &Lifeline) -> (Authenticator, FakeRuntime, tokio::task::JoinHandle<Option<ErrorKind>>, i32) {
    let exec = script(HANG, &[lifeline.path().to_str().unwrap()]);
    let (auth, clock) = authenticator(exec.limit(Duration::from_secs(2)));
    let acquire = auth.token(Duration::ZERO);
    let waiting = tokio::spawn(async move { acquire.await.err().map(|error| error.kind()) });
    tokio::task::yield_now().await;
    let line = lifeline.hears();
    let mut ids = line.split(' ').skip(1).map(|id| id.parse::<i32>().unwrap());
    let (helper, child) = (ids.next().unwrap(), ids.next().unwrap());
    assert!(is_there(helper) && is_there(child));
    (auth, clock, waiting, helper)
}

/// Waits for what is certain to come.
fn until_reaped(process: i32) {
    while is_there(process) {
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn at_its_limit_the_whole_group_is_killed_and_no_zombie_stays() {
    let lifeline = Lifeline::new();
    let (_auth, clock, waiting, helper) = hanging(&lifeline).await;
    clock.advance(Duration::from_millis(1999));
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished() && is_there(helper));
    clock.advance(Duration::from_millis(1));
    assert_eq!(waiting.await.unwrap(), Some(ErrorKind::Timeout));
    assert!(!is_there(helper), "it is reaped before the error is told");
    lifeline.is_let_go();
}

#[tokio::test]
async fn a_shutdown_waits_to_the_limit_and_one_that_is_given_up_kills_the_whole_group() {
    let lifeline = Lifeline::new();
    let (auth, clock, waiting, helper) = hanging(&lifeline).await;
    let closing = tokio::spawn(auth.shutdown());
    tokio::task::yield_now().await;
    assert!(!closing.is_finished() && is_there(helper), "what is under way may finish");
    clock.advance(Duration::from_secs(2));
    closing.await.unwrap();
    assert!(waiting.await.unwrap().is_some());
    lifeline.is_let_go();
    until_reaped(helper);

    let lifeline = Lifeline::new();
    let (auth, _clock, waiting, helper) = hanging(&lifeline).await;
    waiting.abort();
    let _gone = waiting.await;
    drop((auth.shutdown(), auth));
    tokio::task::yield_now().await;
    lifeline.is_let_go();
    until_reaped(helper);
}

#[tokio::test]
async fn when_the_last_handle_goes_the_whole_group_is_killed() {
    let lifeline = Lifeline::new();
    let (auth, _clock, waiting, helper) = hanging(&lifeline).await;
    waiting.abort();
    drop((auth, waiting.await));
    tokio::task::yield_now().await;
    lifeline.is_let_go();
    until_reaped(helper);
}

#[test]
fn when_the_runtime_ends_the_whole_group_is_killed_and_reaped_without_it() {
    let lifeline = Lifeline::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (auth, _clock, _waiting, helper) = runtime.block_on(hanging(&lifeline));
    drop(runtime);
    lifeline.is_let_go();
    until_reaped(helper);
    drop(auth);
}

#[tokio::test]
async fn one_that_prints_without_end_is_killed() {
    let lifeline = Lifeline::new();
    let flood = script(r#"exec 3>"$1"; sleep 600 & yes secret"#, &[lifeline.path().to_str().unwrap()]);
    let waiting = tokio::spawn(failure(flood));
    tokio::task::yield_now().await;
    let reader = lifeline.path().to_owned();
    let opened = std::fs::File::open(reader).unwrap();
    let (kind, message) = waiting.await.unwrap();
    assert_eq!(kind, ErrorKind::Malformed);
    assert!(message.contains("1 MiB"), "{message}");
    let gone = std::io::read_to_string(opened).unwrap();
    assert_eq!(gone, "", "nobody holds it any more");
}

#[tokio::test]
async fn stderr_without_end_is_read_and_thrown_away() {
    let noisy = "head -c 3000000 /dev/zero >&2; echo tok";
    assert_eq!(run(script(noisy, &[])).await.unwrap(), "tok");
    let (kind, message) = failure(script("head -c 3000000 /dev/zero >&2; exit 3", &[])).await;
    assert_eq!(kind, ErrorKind::Transient);
    assert!(message.contains("status 3; the 3000000 bytes on its stderr"), "{message}");
}

#[tokio::test]
async fn what_it_leaves_in_the_background_is_not_waited_for() {
    let lifeline = Lifeline::new();
    let leaving =
        script(r#"exec 3>"$1"; sleep 600 & echo "up $!" >&3; echo tok"#, &[lifeline.path().to_str().unwrap()]);
    let waiting = tokio::spawn(run(leaving));
    tokio::task::yield_now().await;
    let line = lifeline.hears();
    assert_eq!(waiting.await.unwrap().unwrap(), "tok");
    let left = line.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(is_there(left), "nor is it killed: the helper ended well");
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(left), nix::sys::signal::Signal::SIGKILL).unwrap();
}

#[tokio::test]
async fn its_stdin_is_empty_unless_it_is_given_something() {
    assert_eq!(run(script("cat; echo tok", &[])).await.unwrap(), "tok");
    let server = r#"read -r server; printf '{"Username":"u","Secret":"for-%s"}' "$server""#;
    let docker = script(server, &[]).input("registry.example\n").format(ExecFormat::Docker);
    assert_eq!(run(docker).await.unwrap(), "for-registry.example");
    let uninterested = script("echo tok", &[]).input("x".repeat(1 << 20));
    assert_eq!(run(uninterested).await.unwrap(), "tok", "that it does not read is its own affair");
}

#[tokio::test]
async fn an_argument_arrives_as_it_is_and_no_shell_sees_it() {
    let hostile = "; rm -rf / $(touch x) `y` * \"'\n";
    let exec = script(r#"[ "$#" = 1 ] && printf %s "$1" | od -An -tx1 | tr -d ' \n'"#, &[hostile]);
    let hex: String = hostile.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(run(exec).await.unwrap(), hex);
}

#[tokio::test]
async fn it_sees_the_listed_variables_and_those_that_are_named() {
    // A shell adds some of its own.
    let names = r#"env | cut -d= -f1 | grep -vxE 'PWD|OLDPWD|SHLVL|_' | sort | tr '\n' ','"#;
    assert_eq!(run(script(names, &[])).await.unwrap(), "AUTHCTL_EXEC_CHAIN,HOME,LANG,PATH,");
    let more = script(names, &[]).pass_env("AWS_PROFILE").pass_env("NOT_THERE").env("GIVEN", "x").env("LANG", "de");
    assert_eq!(run(more).await.unwrap(), "AUTHCTL_EXEC_CHAIN,AWS_PROFILE,GIVEN,HOME,LANG,PATH,");
    assert_eq!(run(script(r#"printf %s "$LANG""#, &[]).env("LANG", "de")).await.unwrap(), "de");
}

#[tokio::test]
async fn a_kubernetes_plugin_is_told_which_version_is_wanted() {
    let plugin = r#"printf '{"kind":"ExecCredential","apiVersion":"%s","status":{"token":"tok"}}' \
        "$(printf %s "$KUBERNETES_EXEC_INFO" | sed 's/.*"apiVersion":"\([^"]*\)".*"interactive":false.*/\1/')""#;
    for format in [ExecFormat::Kubernetes, ExecFormat::KubernetesV1Beta1] {
        assert_eq!(run(script(plugin, &[]).format(format)).await.unwrap(), "tok", "{format}");
    }
}

#[tokio::test]
async fn it_runs_where_it_is_told_to() {
    let folder = std::env::temp_dir().canonicalize().unwrap();
    let exec = script("pwd", &[]);
    assert_eq!(run(exec.clone().current_dir(&folder)).await.unwrap(), folder.to_str().unwrap());
    assert_eq!(run(exec.clone().in_env(env().in_directory("/"))).await.unwrap(), "/");
    let (kind, message) = failure(exec.current_dir("/no-secret-folder")).await;
    assert_eq!(kind, ErrorKind::Misconfigured);
    assert!(message.contains("folder"), "{message}");
}

#[tokio::test]
async fn an_error_names_the_file_of_the_program_and_nothing_else() {
    let exec = Exec::new("/no-secret-folder/helper-x", ["--password=secret"]).in_env(env()).env("KEY", SECRET);
    let (kind, message) = failure(exec).await;
    assert_eq!(kind, ErrorKind::Unavailable);
    assert!(message.contains("helper-x"), "{message}");
    let nul = script("echo tok", &["a\0secret"]);
    assert_eq!(failure(nul).await.0, ErrorKind::Misconfigured);
    let killed = script("kill -9 $$", &[]);
    let (kind, message) = failure(killed).await;
    assert!(kind == ErrorKind::Transient && message.contains("signal 9"), "{message}");
}

/// A helper that runs under itself, as when its profile asks for the same profile again.
#[tokio::test]
async fn a_helper_under_itself_is_an_error_that_names_the_circle() {
    let helper = || script(r#"printf %s "$AUTHCTL_EXEC_CHAIN""#, &[]).named("work");
    let told = run(helper()).await.unwrap();
    let below = |chain: &str| Env::of([("PATH", "/usr/bin:/bin"), ("AUTHCTL_EXEC_CHAIN", chain)]);

    let other = helper().named("home").in_env(below(&told));
    let deeper = run(other).await.unwrap();
    assert!(deeper.starts_with(&told), "another may run under it: {deeper}");

    let (kind, message) = failure(helper().in_env(below(&deeper))).await;
    assert_eq!(kind, ErrorKind::Misconfigured);
    assert!(message.contains("work -> home -> work"), "{message}");
}

#[test]
fn without_a_tokio_runtime_the_error_says_so() {
    let (auth, clock) = authenticator(script("echo tok", &[]));
    let error = clock.block_on(auth.token(Duration::ZERO)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}
