//! What a script can tell from the exit code.

use auth_emulator::{Answer, Emulator, Fault, Flaw, Gate, StatusCode};

use crate::rig::{Ended, User, exchanging};

#[tokio::test]
async fn what_the_issuer_does_decides() {
    let refused = |code: &str| {
        let body = format!(r#"{{"error":"{code}"}}"#);
        Fault::from(Answer::new(StatusCode::BAD_REQUEST).with_body("application/json", body))
    };
    for (fault, code, word) in [
        (refused("invalid_client"), 1, "invalid_client"),
        (refused("invalid_scope"), 1, "invalid_scope"),
        (Fault::from(Answer::new(StatusCode::SERVICE_UNAVAILABLE)), 5, "503"),
        (Fault::from(Answer::new(StatusCode::TOO_MANY_REQUESTS).with_retry_after(3600)), 5, "429"),
        (Fault::Reset, 5, ""),
        (Fault::Truncated, 5, ""),
        (Fault::Garbage, 5, ""),
    ] {
        let emulator = Emulator::start().await.unwrap();
        emulator.token_faults().always(fault);
        let user = User::new().with_config(&exchanging(&emulator));
        user.run("token").await.failed(code, &["error: ", word]);
    }
}

#[tokio::test]
async fn an_issuer_that_takes_longer_than_the_timeout_is_5() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_faults().always(Fault::Hold(Gate::new()));
    let user = User::new().with_config(&exchanging(&emulator));
    user.run("token --timeout 100ms").await.failed(5, &["--timeout"]);
}

#[tokio::test]
async fn a_token_that_has_ended_when_it_arrives_is_1() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_flaws().always(Flaw::With("expires_in", serde_json::json!(0)));
    let user = User::new().with_config(&exchanging(&emulator));
    user.run("token").await.failed(1, &["no life"]);
}

#[tokio::test]
async fn a_person_who_has_to_sign_in_is_4() {
    let emulator = Emulator::start().await.unwrap();
    let config =
        exchanging(&emulator).replace("\"api_key\"", "\"refresh_token\"").replace("api_key =", "refresh_token =");
    let refused = Answer::new(StatusCode::BAD_REQUEST).with_body("application/json", r#"{"error":"invalid_grant"}"#);
    emulator.token_faults().always(refused);
    User::new().with_config(&config).run("token").await.failed(4, &["sign in again"]);
}

#[tokio::test]
async fn what_is_not_configured_or_wrongly_is_3() {
    let of = |config: &str| User::new().with_config(config);
    for (user, line, word) in [
        (User::new(), "token", "no credentials are configured"),
        (User::new(), "token --system watsonx", "WATSONX_APIKEY"),
        (User::new(), "token --profile nope", "config"),
        (User::new(), "token --config nope.toml", "nope.toml"),
        (of("[profile.default]\ntype = \"token\"\n"), "token --profile nope", "nope"),
        (of("[profile.default]\ntype = \"token\"\n"), "token", "endpoint"),
        (of("[profile.default\n"), "token", "config.toml:1"),
        (of("[profile.default]\ntype = \"tokem\"\nendpoint = \"https://a\"\n"), "token", "config.toml:2"),
        (User::new().with("AUTHCTL_SOURCE", "nope"), "token", "AUTHCTL_SOURCE"),
    ] {
        user.run(line).await.failed(3, &[word]);
    }
}

/// Somebody wrote it, and did not mean to be whoever the variables are.
#[tokio::test]
async fn a_default_profile_that_lacks_something_stops_and_none_does_not() {
    let user = User::new().with("PODSTACK_API_TOKEN", "psk_x");
    assert_eq!(user.run("token").await.data(), "psk_x\n");
    let user = user.with_config("[profile.other]\ntype = \"token\"\nendpoint = \"https://a\"\ntoken = \"o\"\n");
    assert_eq!(user.run("token").await.data(), "psk_x\n");
    let user = user.with_config("[profile.default]\ntype = \"token\"\nendpoint = \"https://a\"\n");
    user.run("token").await.failed(3, &["no token is configured", "the profile default"]);
    assert_eq!(user.run("token --system podstack").await.data(), "psk_x\n");
}

#[tokio::test]
async fn a_variable_chooses_among_the_places_by_name() {
    let user = User::new()
        .with("PODSTACK_API_TOKEN", "psk_x")
        .with_config("[profile.default]\ntype = \"token\"\nendpoint = \"https://a\"\ntoken = \"p\"\n");
    assert_eq!(user.run("token").await.data(), "p\n");
    let user = user.with("AUTHCTL_SOURCE", "podstack");
    assert_eq!(user.run("token").await.data(), "psk_x\n");
    assert_eq!(user.run("token --profile default").await.data(), "p\n", "an argument wins");
    user.with("AUTHCTL_SOURCE", "cape").run("token").await.failed(3, &["cape login"]);
}

#[tokio::test]
async fn a_system_may_be_one_that_the_config_describes() {
    let text = "[system.acme]\nendpoint = \"https://a\"\ntoken = { variables = [\"ACME_TOKEN\"] }\n";
    let user = User::new().with_config(text);
    user.run("token --system acme").await.failed(3, &["no token is configured: set ACME_TOKEN"]);
    assert_eq!(user.with("ACME_TOKEN", "t").run("token --system acme").await.data(), "t\n");
}

/// There are none to give.
#[tokio::test]
async fn no_error_about_what_is_missing_names_an_argument_of_the_library() {
    for system in auth_core::systems::NAMES {
        let ended = User::new().run(&format!("token --system {system}")).await;
        ended.failed(3, &["configured"]);
        assert!(!ended.stderr.contains("argument") && !ended.stderr.contains(": \n"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn what_is_typed_wrongly_is_2() {
    for line in [
        "",
        "tokem",
        "token --output yaml",
        "token --min-ttl soon",
        "token --timeout 0s",
        "token --profile p --system cape",
        "token --system nope",
        "cache",
    ] {
        User::new().run(line).await.failed(2, &[]);
    }
}

#[tokio::test]
async fn a_file_of_the_working_directory_chooses_nobody() {
    let user = User::new().with("PODSTACK_API_TOKEN", "psk_1").with("PODSTACK_PROJECT", "p-1");
    user.write("project/.env", "AUTHCTL_SOURCE=ivcap\n");
    user.write("project/.profile.env", "AUTHCTL_PROFILE=work\n");
    for (file, name) in [(".env", "AUTHCTL_SOURCE"), (".profile.env", "AUTHCTL_PROFILE")] {
        for command in ["token", "sources"] {
            let mut command = user.authctl(["--dotenv", file, command]);
            let ended = Ended::of(command.current_dir(user.home().join("project")).output().await.unwrap());
            ended.failed(3, &[name, "a file in the working directory, must not set"]);
        }
    }
}
