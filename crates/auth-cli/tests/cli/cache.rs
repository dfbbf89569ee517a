//! Tokens are kept between commands.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use auth_emulator::{Answer, Emulator, Fault, Gate, StatusCode};
use futures_util::future::join_all;

use crate::rig::{Ended, User, exchanging};

/// Where tokens are kept.
fn folder(user: &User) -> PathBuf {
    user.home().join(".cache/authctl/tokens")
}

/// The files with tokens.
fn kept(user: &User) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder(user)) else { return Vec::new() };
    let files = entries.map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

/// Lets the kept token end, as it does with time.
fn end_kept(user: &User) {
    let [path] = &kept(user)[..] else { panic!("{:?}", kept(user)) };
    let mut document: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let hours = 2 * 3600 * 1_000_000_000;
    for name in ["written", "end"] {
        document[name] = (document[name].as_u64().unwrap() - hours).into();
    }
    std::fs::write(path, document.to_string()).unwrap();
}

/// Five commands at once, all of which hold the same token in the end.
async fn five(user: &User) -> String {
    let outputs = (0..5).map(|_| user.authctl(["token"]).output());
    let ended: Vec<String> =
        join_all(outputs).await.into_iter().map(|output| Ended::of(output.unwrap()).data()).collect();
    assert!(ended.iter().all(|token| *token == ended[0]), "{ended:?}");
    ended[0].clone()
}

#[tokio::test]
async fn the_next_command_has_the_same_token_without_an_exchange() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let first = user.run("token").await.data();
    assert_eq!(user.run("token").await.data(), first);
    assert_eq!(emulator.token_request_count(), 1);
    assert_eq!(kept(&user).len(), 1);
}

#[tokio::test]
async fn a_kept_token_is_told_from_a_new_one_by_those_who_ask() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let said = "a kept token answers";
    let first = user.run("token -v").await;
    assert!(first.stderr.contains("the token is kept") && !first.stderr.contains(said), "{}", first.stderr);
    let second = user.run("token -v").await;
    assert!(second.stderr.contains(said) && !second.stderr.contains(second.stdout.trim_end()), "{}", second.stderr);
    assert!(!second.stderr.contains("the token is kept"), "{}", second.stderr);
}

#[tokio::test]
async fn five_commands_at_once_with_nothing_kept_make_one_exchange() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    five(&user).await;
    assert_eq!(emulator.token_request_count(), 1);
}

#[tokio::test]
async fn five_commands_at_once_with_an_ended_token_make_one_exchange() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let first = user.run("token").await.data();
    end_kept(&user);
    assert_ne!(five(&user).await, first);
    assert_eq!(emulator.token_request_count(), 2);
}

#[tokio::test]
async fn a_command_that_is_killed_at_its_exchange_holds_nobody_up() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    emulator.token_faults().once(Fault::Hold(Gate::new()));
    let mut holder = user.authctl(["token"]).stdout(Stdio::null()).spawn().unwrap();
    emulator.wait_for_token_requests(1).await;
    let waiting = tokio::spawn(join_all((0..4).map(|_| user.authctl(["token"]).output()).collect::<Vec<_>>()));
    holder.kill().await.unwrap();
    let ended: Vec<String> = waiting
        .await
        .unwrap()
        .into_iter()
        .map(|output: std::io::Result<Output>| Ended::of(output.unwrap()).data())
        .collect();
    assert!(ended.iter().all(|token| *token == ended[0]), "{ended:?}");
    assert_eq!(emulator.token_request_count(), 2, "the one that was killed, and one of the others");
}

/// Kills at moments spread over a whole run, from before the program has looked at anything to after it has written.
#[tokio::test]
async fn a_kill_at_any_moment_leaves_the_token_old_or_new() {
    const KILLS: u32 = 40;
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let began = std::time::Instant::now();
    user.run("token --force").await.data();
    let whole = began.elapsed() * 3 / 2;
    let mut last = user.run("token").await.data();
    let (mut old, mut new) = (0, 0);
    for number in 0..=KILLS {
        let mut command = user.authctl(["token", "--force"]).stdout(Stdio::null()).spawn().unwrap();
        // Not a wait for something to happen: the moment of the kill is what varies. The first comes at once, the last too late,
        // however fast the machine is just now.
        let moment = if number == KILLS { Duration::MAX } else { whole * number / KILLS };
        let _ = tokio::time::timeout(moment, command.wait()).await;
        command.start_kill().ok();
        command.wait().await.unwrap();
        let [path] = &kept(&user)[..] else { panic!("{:?}", kept(&user)) };
        let document: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let token = format!("{}\n", document["token"].as_str().unwrap());
        emulator.verify(token.trim_end()).unwrap();
        if token == last {
            old += 1;
        } else {
            new += 1;
        }
        last = token;
    }
    let exchanges = emulator.token_request_count();
    assert_eq!(user.run("token").await.data(), last, "the next command works with it");
    assert_eq!(emulator.token_request_count(), exchanges);
    assert!(old > 0 && new > 0, "{old} kills left the old one, {new} a new one");
}

#[tokio::test]
async fn a_kill_while_the_exchange_is_under_way_leaves_the_old_token() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let first = user.run("token").await.data();
    emulator.token_faults().once(Fault::Hold(Gate::new()));
    let mut command = user.authctl(["token", "--force"]).stdout(Stdio::null()).spawn().unwrap();
    emulator.wait_for_token_requests(2).await;
    command.kill().await.unwrap();
    assert_eq!(user.run("token").await.data(), first);
}

#[tokio::test]
async fn another_api_key_in_the_same_place_never_gets_the_old_keys_token() {
    let emulator = Emulator::builder().with_api_keys(["key-one", "key-two"]).start().await.unwrap();
    let config = exchanging(&emulator).replace(&format!("\"{}\"", Emulator::API_KEY), "{ env = \"ACME_KEY\" }");
    let user = User::new().with_config(&config);
    let with = async |key: &str| Ended::of(user.authctl(["token"]).env("ACME_KEY", key).output().await.unwrap());
    let one = with("key-one").await.data();
    assert_ne!(with("key-two").await.data(), one);
    with("key-thr").await.failed(1, &["refused the API key"]);
    assert_eq!(with("key-one").await.data(), one);
    assert_eq!(kept(&user).len(), 2);
}

#[tokio::test]
async fn force_exchanges_and_the_next_command_has_the_new_one() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let first = user.run("token").await.data();
    let second = user.run("token --force").await.data();
    assert_ne!(first, second);
    assert_eq!(user.run("token").await.data(), second);
    assert_eq!(emulator.token_request_count(), 2);
}

#[tokio::test]
async fn no_cache_neither_reads_nor_writes() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    user.run("token --no-cache").await.data();
    assert!(!folder(&user).exists());
    let kept = user.run("token").await.data();
    assert_ne!(user.run("--no-cache token").await.data(), kept);
    assert_eq!(user.run("token").await.data(), kept);
}

#[tokio::test]
async fn a_token_that_is_given_is_not_kept() {
    let user = User::new().with_config(
        "[profile.default]\ntype = \"token\"\nendpoint = \"https://api.example.com\"\ntoken = \"given\"\n",
    );
    assert_eq!(user.run("token").await.data(), "given\n");
    assert!(!folder(&user).exists());
}

#[tokio::test]
async fn clear_removes_what_is_kept_and_says_how_many_to_people() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let first = user.run("token").await.data();
    for said in ["removed 1 token\n", "no tokens were kept\n"] {
        let ended = user.run("cache clear").await;
        assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "", said));
    }
    assert_ne!(user.run("token").await.data(), first);
}

#[tokio::test]
async fn an_issuer_that_is_down_is_not_noticed_while_the_kept_token_serves() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let first = user.run("token").await.data();
    emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    let ended = user.run("token --min-ttl 100h").await;
    assert_eq!((ended.code, ended.stdout), (Some(0), first));
    assert!(ended.stderr.contains("less than 4days 4h"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_cache_that_can_not_be_used_is_a_warning_and_no_failure() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    user.write(".cache", "a file where the folder belongs");
    let ended = user.run("token").await;
    emulator.verify(ended.stdout.trim_end()).unwrap();
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.starts_with("warning: the token cache is not used"), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    user.run("token --no-cache").await.data();
}

/// What the system gives for a time that is too short for an exchange is a failure that may go away, whoever is waited for.
#[tokio::test]
async fn waiting_for_another_command_ends_with_the_timeout() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    emulator.token_faults().always(Fault::Hold(Gate::new()));
    let mut holder = user.authctl(["token"]).stdout(Stdio::null()).spawn().unwrap();
    emulator.wait_for_token_requests(1).await;
    let ended = tokio::time::timeout(Duration::from_secs(30), user.run("token --timeout 300ms")).await.unwrap();
    ended.failed(5, &[]);
    holder.kill().await.unwrap();
}
