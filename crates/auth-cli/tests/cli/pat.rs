//! `authctl pat`.

use std::time::{Duration, SystemTime};

use auth_emulator::{Emulator, Fault, Gate};
use serde_json::{Value, json};

use crate::rig::{Ended, User};

/// A user with a profile of the emulated Cape, which is selected.
fn signed_in(emulator: &Emulator) -> User {
    let (host, token) = (emulator.cape().url(), emulator.cape().login_token());
    User::new()
        .with_config(&format!("[profile.work]\nsystem = \"cape\"\nhost = \"{host}\"\ntoken = \"{token}\"\n"))
        .with("AUTHCTL_PROFILE", "work")
        .with("TZ", "UTC")
}

async fn listed(user: &User) -> Value {
    serde_json::from_str(&user.run("pat list -o json").await.data()).unwrap()
}

/// Runs it with arguments that have spaces.
async fn run(user: &User, arguments: &[&str]) -> Ended {
    Ended::of(user.authctl(arguments).output().await.unwrap())
}

/// Runs it with this on stdin.
async fn run_with(user: &User, line: &str, stdin: &str) -> Ended {
    use tokio::io::AsyncWriteExt;
    let mut command = user.authctl(line.split_whitespace());
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).await.unwrap();
    Ended::of(child.wait_with_output().await.unwrap())
}

#[tokio::test]
async fn a_token_is_created_listed_used_and_deleted_and_then_refused() {
    let emulator = Emulator::start().await.unwrap();
    let user = signed_in(&emulator);
    let created = run(&user, &["pat", "create", "--name", "my-token", "--description", "for use"]).await;
    assert_eq!(created.code, Some(0), "{created:?}");
    assert_eq!(created.stderr, "Success! Your token, which is shown this once and stored nowhere:\n");
    let token = created.stdout.strip_suffix('\n').unwrap();
    emulator.cape().verify(token).unwrap();
    user.write("token", token);

    let list = listed(&user).await;
    let id = list[0]["id"].as_str().unwrap();
    assert_eq!((&list[0]["name"], &list[0]["description"]), (&json!("my-token"), &json!("for use")));
    assert_eq!((&list[0]["expiry"], &list[0]["last_used"]), (&Value::Null, &Value::Null));
    assert!(user.run("pat list --token-file token").await.data().contains("my-token"));

    let deleted = user.run(&format!("pat delete {id}")).await;
    assert_eq!((deleted.stdout.as_str(), deleted.stderr), ("", format!("Deleted token {id}\n")));
    user.run("pat list --token-file token").await.failed(1, &["was refused", "token revoked"]);
    assert!(emulator.cape().verify(token).is_err());
    user.run(&format!("pat delete {id}")).await.failed(1, &["404"]);
}

#[tokio::test]
async fn the_table_is_capes_own() {
    let ten_years = Duration::from_secs(10 * 365 * 24 * 3600);
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_673_351_700);
    let emulator =
        Emulator::builder().with_clock(move || at).with_token_lifetime(20 * ten_years).start().await.unwrap();
    let user = signed_in(&emulator);
    run(&user, &["pat", "create", "-n", "my-token", "-d", "for use in the javascript sdk"]).await;
    let body = json!({"name": "n2", "expiry": "2093-03-10T00:00:00Z"}).to_string();
    let url = format!("{}/v1/token", emulator.cape().url());
    let request = reqwest::Client::new().post(url).bearer_auth(emulator.cape().login_token()).body(body);
    let second: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    emulator.advance(Duration::from_secs(3600));
    user.write("second", second["token"].as_str().unwrap());
    let list = user.run("pat list -o json --token-file second").await.data();
    let list: Value = serde_json::from_str(&list).unwrap();
    let [first, second] = [0, 1].map(|at| list[at]["id"].as_str().unwrap().to_owned());
    let expect = format!(
        "\
┌────────────────────────┬──────────┬───────────────────────────────┬───────────────────┬───────────────────┬───────────────────┐
│ ID                     │ NAME     │ DESCRIPTION                   │ CREATED AT        │ LAST USED         │ EXPIRES           │
├────────────────────────┼──────────┼───────────────────────────────┼───────────────────┼───────────────────┼───────────────────┤
│ {first} │ my-token │ for use in the javascript sdk │ Jan 10 2023 11:55 │ Never             │ Never             │
│ {second} │ n2       │                               │ Jan 10 2023 11:55 │ Jan 10 2023 12:55 │ Mar 10 2093 00:00 │
└────────────────────────┴──────────┴───────────────────────────────┴───────────────────┴───────────────────┴───────────────────┘
"
    );
    assert_eq!(user.run("pat list").await.data(), expect);
    let abroad = user.with("TZ", "EST5");
    assert!(abroad.run("pat list").await.data().contains("Mar 09 2093 19:00"), "times are of the user's zone");
}

#[tokio::test]
async fn without_a_token_there_is_no_table_and_an_empty_list() {
    let emulator = Emulator::start().await.unwrap();
    let user = signed_in(&emulator);
    let ended = user.run("pat list").await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    assert!(ended.stderr.starts_with("No tokens found."), "{}", ended.stderr);
    assert_eq!(user.run("pat list -o json").await.data(), "[]\n");
}

#[tokio::test]
async fn an_expiry_counts_from_now_and_a_bad_one_is_wrong_usage() {
    let emulator = Emulator::start().await.unwrap();
    let user = signed_in(&emulator);
    let before = SystemTime::now();
    assert_eq!(user.run("pat create -n a --expiry 30d").await.code, Some(0));
    let expiry: jiff::Timestamp = listed(&user).await[0]["expiry"].as_str().unwrap().parse().unwrap();
    let life = SystemTime::from(expiry).duration_since(before).unwrap();
    let days = Duration::from_secs(30 * 24 * 3600);
    assert!(life >= days && life < days + Duration::from_secs(600), "{life:?}");
    for bad in ["3x", "30", "0s", "-1d", "soon", "99999999999999999999d"] {
        let expiry = format!("--expiry={bad}");
        run(&user, &["pat", "create", "-n", "a", &expiry]).await.failed(2, &["--expiry"]);
    }
    run(&user, &["pat", "create", "-n", "a", "--expiry="]).await.failed(2, &["--expiry"]);
    run(&user, &["pat", "create", "-n", " "]).await.failed(2, &["--name", "needs a name"]);
    user.run("pat create").await.failed(2, &["--name"]);
    user.run("pat delete").await.failed(2, &["<ID>"]);
    run(&user, &["pat", "delete", ""]).await.failed(2, &["<ID>"]);
    assert_eq!(listed(&user).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn odd_names_arrive_as_they_are_and_move_no_cursor() {
    let emulator = Emulator::start().await.unwrap();
    let user = signed_in(&emulator);
    let (name, description) = ("a \"b\" 'c' \\ ü 火 --token", "x\x1b[31m\ny\u{202e}z");
    assert_eq!(run(&user, &["pat", "create", "-n", name, "-d", description]).await.code, Some(0));
    let list = listed(&user).await;
    assert_eq!((list[0]["name"].as_str(), list[0]["description"].as_str()), (Some(name), Some(description)));
    let table = user.run("pat list").await.data();
    assert!(table.contains(&format!("│ {name} │ x\\u{{1b}}[31m\\u{{a}}y\\u{{202e}}z │")), "{table}");
    assert_eq!(table.lines().count(), 5);
    let id = "../tokens?x=%2f#/\x1b[31m";
    let ended = run(&user, &["pat", "delete", id]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!ended.stderr.contains('\x1b'), "{ended:?}");
    assert_eq!(listed(&user).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_argument_wins_over_the_file_that_over_the_variable_that_over_the_profile() {
    let emulator = Emulator::start().await.unwrap();
    let user = signed_in(&emulator);
    let [argument, file, variable] =
        ["argument", "file", "variable"].map(|name| emulator.cape().create_token(name).unwrap());
    user.write("file", &format!("{file}\r\n"));
    let sent = || emulator.api_requests().last().unwrap().header("authorization").unwrap().to_owned();

    user.run("pat list").await.data();
    assert!(![&argument, &file, &variable].iter().any(|token| sent().contains(*token)));
    let user = user.with("CAPE_TOKEN", variable.as_str());
    user.run("pat list").await.data();
    assert_eq!(sent(), format!("Bearer {variable}"));
    user.run("pat list --token-file file").await.data();
    assert_eq!(sent(), format!("Bearer {file}"));
    assert_eq!(run_with(&user, "pat --token-file - list", &format!("{argument}\n")).await.code, Some(0));
    assert_eq!(sent(), format!("Bearer {argument}"));

    let warned = user.run(&format!("pat list --token {argument}")).await;
    assert_eq!((warned.code, sent()), (Some(0), format!("Bearer {argument}")));
    assert!(warned.stderr.starts_with("warning: --token shows the token"), "{}", warned.stderr);
    assert!(!warned.stderr.contains(&argument) && warned.stdout.contains("variable"));
    let both = user.run(&format!("pat list --token {argument} --token-file file")).await;
    both.failed(2, &["cannot be used with"]);
}

#[tokio::test]
async fn a_token_that_can_not_be_had_or_used_is_named_and_not_shown() {
    let emulator = Emulator::start().await.unwrap();
    let user = signed_in(&emulator);
    user.run("pat list --token-file no-such").await.failed(2, &["no-such can't be read"]);
    user.write("empty", "\n");
    user.run("pat list --token-file empty").await.failed(2, &["--token-file", "empty"]);
    user.write("long", &"x".repeat(70_000));
    user.run("pat list --token-file long").await.failed(2, &["long", "64 KiB"]);
    user.write("lines", "S3CR3T\nS3CR3T");
    let lines = user.run("pat list --token-file lines").await;
    lines.failed(3, &["token"]);
    assert!(!lines.stderr.contains("S3CR3T"), "{}", lines.stderr);
    run_with(&user, "pat list --token-file -", "").await.failed(2, &["empty"]);
    assert_eq!(emulator.api_request_count(), 0);
}

#[tokio::test]
async fn without_a_profile_the_login_counts() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.cape().url();
    let user = User::new();
    user.run(&format!("pat list --url {url}")).await.failed(3, &["cape login", ".config/cape/auth"]);
    user.write(".config/cape/auth", &emulator.cape().auth_json());
    assert_eq!(user.run(&format!("pat list -o json --url {url}")).await.data(), "[]\n");
    assert_eq!(user.run(&format!("pat list -o json -s cape --url {url}")).await.data(), "[]\n");
    // A profile that nobody named, of another system, is no reason to refuse.
    let user = user.with_config("[profile.default]\nsystem = \"podstack\"\napi_token = \"S3CR3T\"\n");
    assert_eq!(user.run(&format!("pat list -o json --url {url}")).await.data(), "[]\n");
    assert!(emulator.requests().iter().all(|request| !request.carries("S3CR3T")));
}

#[tokio::test]
async fn a_profile_of_another_system_is_wrong_usage() {
    let user = User::new().with_config("[profile.pod]\nsystem = \"podstack\"\napi_token = \"t\"\n");
    user.run("pat list -p pod").await.failed(2, &["the profile pod", "cape"]);
    user.run("pat list -s podstack").await.failed(2, &["podstack", "cape"]);
    let user = user.with("AUTHCTL_PROFILE", "pod");
    user.run("pat create -n a --token x").await.failed(2, &["the profile pod"]);
    user.run("pat list -p no-such").await.failed(3, &["no-such"]);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_waited_for_so_long_and_no_longer() {
    let emulator = Emulator::start().await.unwrap();
    let user = signed_in(&emulator);
    emulator.api_faults().always(Fault::Hold(Gate::new()));
    user.run("pat list --timeout 100ms").await.failed(5, &["--timeout"]);
}

#[tokio::test]
async fn nothing_that_is_said_holds_a_token() {
    let emulator = Emulator::start().await.unwrap();
    let user = signed_in(&emulator);
    let created = user.run("pat create -n a -vv").await;
    let token = created.stdout.trim_end();
    user.write("token", token);
    let id = listed(&user).await[0]["id"].as_str().unwrap().to_owned();
    let lines = ["pat list -vv --token-file token".to_owned(), format!("pat list -vv --token {token}")];
    let refused = [format!("pat delete {id} -vv"), "pat list -vv --token-file token".to_owned()];
    let mut said = created.stderr.clone();
    for line in lines.iter().chain(&refused) {
        let ended = user.run(line).await;
        assert!(!ended.stdout.contains(token), "{line}");
        said += &ended.stderr;
    }
    assert!(said.contains("auth_core"), "-vv says something: {said}");
    let mut secrets = emulator.issued_tokens();
    secrets.push(token.to_owned());
    for secret in secrets {
        for part in [secret.as_str(), secret.rsplit('.').next().unwrap()] {
            assert!(!said.contains(part), "{part} is in {said}");
        }
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_named_by_its_true_place_and_a_missing_one_by_all_places() {
    let emulator = Emulator::start().await.unwrap();
    let there = format!("--url {}", emulator.cape().url());
    let user = User::new();
    user.run(&format!("pat list {there}")).await.failed(3, &["--token-file", "CAPE_TOKEN", "`cape login`"]);
    user.write("a.txt", "wrong");
    user.run(&format!("pat list {there} --token-file a.txt")).await.failed(1, &["the token in a.txt was refused"]);
    let piped = run_with(&user, &format!("pat list {there} --token-file -"), "wrong").await;
    piped.failed(1, &["the token in the argument `--token-file -` was refused"]);
    user.run(&format!("pat list {there} --token wrong"))
        .await
        .failed(1, &["the token in the argument `--token` was refused"]);
    let user = user.with("CAPE_TOKEN", "wrong");
    user.run(&format!("pat list {there}")).await.failed(1, &["the token in the variable CAPE_TOKEN was refused"]);
}
