//! The five systems, each through success, 401, 403, outage and a wrong credential, over every adapter and through its own
//! client: no token in a URL, a log, an error, an explanation or a file.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use auth_core::exchange::{Client, TokenEndpoint};
use auth_core::sources::RefreshToken;
use auth_core::systems::Ivcap;
use auth_core::{Access, Env};
use auth_emulator::{Answer, Emulator, Fault, StatusCode, systems};
use auth_reqwest::clients::{CapeClient, IvcapClient, PodstackClient, SkyflowClient, WatsonxClient};
use auth_reqwest::{ApiClient, ApiError, Retries, api_client};

use super::evidence::Evidence;
use super::logs::{Heard, check_error};
use super::secrets;
use crate::rig::{Adapter, Failed, Reqwest, Tower};
use crate::systems::five::{self, Call, OfCape, OfIvcap, OfPodstack, OfSkyflow, OfWatsonx, Play, System};

/// A system, with credentials that no other text has a piece of.
#[derive(Clone, Copy)]
struct Player {
    name: &'static str,
    right: fn(&Emulator) -> Access,
    wrong: fn(&Emulator) -> Access,
    usual: fn() -> Call,
}

const PLAYERS: [Player; 6] = [
    Player { name: "watsonx", right: watsonx, wrong: wrong_watsonx, usual: OfWatsonx::usual },
    Player { name: "skyflow", right: OfSkyflow::access, wrong: OfSkyflow::wrong, usual: OfSkyflow::usual },
    Player { name: "podstack", right: OfPodstack::access, wrong: wrong_podstack, usual: OfPodstack::usual },
    Player { name: "ivcap", right: OfIvcap::access, wrong: OfIvcap::wrong, usual: OfIvcap::usual },
    Player { name: "refreshed ivcap", right: refreshed, wrong: wrong_refreshed, usual: OfIvcap::usual },
    Player { name: "cape", right: OfCape::access, wrong: OfCape::wrong, usual: OfCape::usual },
];

fn watsonx(emulator: &Emulator) -> Access {
    emulator.set_api_keys([secrets::API_KEY]);
    five::watsonx(emulator, secrets::API_KEY)
}

fn wrong_watsonx(emulator: &Emulator) -> Access {
    five::watsonx(emulator, secrets::X_API_KEY)
}

fn wrong_podstack(emulator: &Emulator) -> Access {
    five::podstack(emulator, &format!("psk_{}", secrets::X_API_KEY))
}

fn refreshed(emulator: &Emulator) -> Access {
    refreshing(emulator, &emulator.ivcap().refresh_token())
}

fn wrong_refreshed(emulator: &Emulator) -> Access {
    refreshing(emulator, secrets::REFRESH_TOKEN)
}

fn refreshing(emulator: &Emulator, token: &str) -> Access {
    let endpoint = TokenEndpoint::parse(&emulator.ivcap().token_url()).unwrap();
    let source = RefreshToken::new(endpoint, Client::public(systems::Ivcap::CLIENT_ID), token).unwrap();
    Ivcap::from_env(&Env::of([("IVCAP_URL", emulator.ivcap().url())])).source(source).access().unwrap()
}

/// What one player leaves behind with one adapter.
fn run<A: Adapter>(player: Player, leaky: bool) -> Evidence {
    let mut evidence = Evidence::default();
    let heard = Heard::during(|_| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let play = Play::with::<A>(player.right).await;
            every_turn(&play, player, &mut evidence).await;
            own_client::<A>(&play, player, &mut evidence).await;
            if leaky {
                leak_everywhere(&play, &mut evidence).await;
            }
            finish(&play, &mut evidence);

            let play = Play::with::<A>(player.wrong).await;
            assert!(sent(&play, player, &mut evidence).await != Some(StatusCode::OK), "{}", player.name);
            own_client::<A>(&play, player, &mut evidence).await;
            finish(&play, &mut evidence);
        });
    });
    evidence.add("the log", heard.log());
    evidence.add_files(&std::env::temp_dir());
    evidence
}

/// Success, an outage of the API, 403, 401, an outage of the issuer, an issuer that repeats what it was sent.
async fn every_turn(play: &Play, player: Player, evidence: &mut Evidence) {
    let ok = Some(StatusCode::OK);
    let name = player.name;
    assert_eq!(sent(play, player, evidence).await, ok, "{name}");
    for fault in [Fault::Truncated, Fault::Reset, Fault::Garbage] {
        play.emulator.api_faults().always(fault);
        sent(play, player, evidence).await;
        play.emulator.clear_faults();
    }
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::FORBIDDEN] {
        play.emulator.api_faults().once(Answer::new(status));
        assert_eq!(sent(play, player, evidence).await, Some(status), "{name}");
    }
    play.emulator.api_faults().once(Answer::new(StatusCode::UNAUTHORIZED));
    sent(play, player, evidence).await;
    play.pass(Duration::from_secs(3601));
    let secret = carried(play);
    let repeating = serde_json::json!({ "error": "invalid", "error_description": secret, "errorMessage": secret });
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::BAD_REQUEST] {
        let answer = Answer::new(status).with_body("application/json", repeating.to_string());
        play.emulator.token_faults().always(answer);
        sent(play, player, evidence).await;
        play.pass(Duration::from_secs(600));
    }
    play.emulator.clear_faults();
}

/// Through the system's own client, whose errors tell what an API says; and the API repeats what it was sent.
async fn own_client<A: Adapter>(play: &Play, player: Player, evidence: &mut Evidence) {
    let client = || {
        let builder = ApiClient::builder(&play.access).client(api_client().no_proxy().build().unwrap());
        builder.transport(A::transport()).runtime(play.clock.clone()).retries(Retries::none()).build().unwrap()
    };
    let secret = carried(play);
    let repeating =
        serde_json::json!({ "error": { "message": format!("no: {secret}"), "code": secret }, "trace": secret });
    for status in [200, 400, 401, 403, 429, 500] {
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer::new(status).with_body("application/json", repeating.to_string());
        let id = http::HeaderName::from_static("x-request-id");
        let answer = answer.with_header(id, http::HeaderValue::from_str(&secret).unwrap());
        play.emulator.api_faults().always(answer);
        asked(player.name, client(), evidence).await;
    }
    play.emulator.clear_faults();
    asked(player.name, client(), evidence).await;
    evidence.add("a value", format!("{:?}", client()));
}

async fn asked(name: &str, client: ApiClient, evidence: &mut Evidence) {
    let mut note = |result: Result<String, ApiError>| match result {
        Ok(text) => evidence.add("a value", text),
        Err(error) => {
            evidence.add_error(&error);
            let said = [error.code(), error.message(), error.field(), error.request_id()];
            said.into_iter().flatten().for_each(|text| evidence.add("an error", text));
        }
    };
    match name {
        "watsonx" => {
            let generated = WatsonxClient::with_client(client).generate(systems::Watsonx::MODEL_ID, "hello");
            note(generated.project_id(systems::Watsonx::PROJECT_ID).send().await.map(|text| format!("{text:?}")));
        }
        "skyflow" => {
            let get = SkyflowClient::with_client(client).get(systems::Skyflow::VAULT_ID, systems::Skyflow::TABLE);
            note(get.ids([systems::Skyflow::RECORD_ID]).send().await.map(|records| format!("{records:?}")));
        }
        "podstack" => {
            let client = PodstackClient::with_client(client);
            note(client.whoami().await.map(|whoami| format!("{whoami:?}")));
            note(client.projects().all().await.map(|projects| format!("{projects:?}")));
        }
        "cape" => {
            let client = CapeClient::with_client(client);
            match client.create_token("ci").send().await {
                Ok(issued) => {
                    note(Ok(format!("{issued:?}")));
                    note(client.tokens().await.map(|tokens| format!("{tokens:?}")));
                    evidence.add_secret(issued.token.expose());
                }
                Err(error) => note(Err(error)),
            }
        }
        _ => note(
            IvcapClient::with_client(client).services().limit(2).all().await.map(|services| format!("{services:?}")),
        ),
    }
}

/// One usual request; its error is looked at, and its answer is the caller's.
async fn sent(play: &Play, player: Player, evidence: &mut Evidence) -> Option<StatusCode> {
    match play.client.send(play.request((player.usual)())).await {
        Ok(response) => {
            evidence.add("a value", format!("{:?}", response.extensions().get::<auth_core::Outcome>()));
            return Some(response.status());
        }
        Err(Failed::Auth(error)) => {
            evidence.add_error(&error);
            check_error(&error);
        }
        Err(Failed::Client(error)) => evidence.add_error(&*error),
    }
    None
}

/// The last credential that was sent, to an API or an issuer.
fn carried(play: &Play) -> String {
    let requests = play.emulator.requests();
    let sent = requests.iter().rev().find_map(|request| request.header("authorization").map(str::to_owned));
    let value = sent.or_else(|| play.emulator.issued_tokens().pop()).unwrap_or_else(|| secrets::X_API_KEY.to_owned());
    value.rsplit(' ').next().unwrap().to_owned()
}

fn finish(play: &Play, evidence: &mut Evidence) {
    evidence.add_requests(&play.emulator);
    evidence.add_access(&play.access);
    evidence.add("a value", format!("{:?}{:?}", play.auth, play.auth.status()));
    let key: serde_json::Value = serde_json::from_str(&play.emulator.skyflow().credentials_json()).unwrap();
    evidence.add_pem(key["privateKey"].as_str().unwrap());
}

/// A line in each place that others may read, with eight bytes of a token that was sent.
async fn leak_everywhere(play: &Play, evidence: &mut Evidence) {
    let token = carried(play);
    let piece = &token[token.len() - 8..];
    let url = format!("{}/things?page={piece}", play.emulator.api_url());
    super::emulator_types::send(http::Request::get(url), "").await;
    tracing::trace!("sending {piece}");
    evidence.add_error(&auth_core::Error::transient(format!("{piece} was refused")));
    let mut explanation = play.access.explain().clone();
    explanation.note(format!("the token is {piece}"));
    let leaky = Access::none_needed(piece.to_owned(), play.access.endpoint().clone());
    evidence.add_access(&leaky.with_explanation(explanation));
    fs::write(std::env::temp_dir().join("cache.json"), format!("{{\"token\":\"{piece}\"}}")).unwrap();
}

const KINDS: [&str; 6] = ["a file", "a url", "a value", "an error", "an explanation", "the log"];

/// All players with all adapters, in a process whose temporary folder is empty and its own.
fn run_all(leaky: bool, mut look: impl FnMut(&str, &Evidence)) {
    let folder = std::env::temp_dir();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "another has written there");
    for player in PLAYERS {
        for (adapter, run) in [("tower", run::<Tower> as fn(Player, bool) -> Evidence), ("reqwest", run::<Reqwest>)] {
            let evidence = run(player, leaky);
            look(&format!("{} over {adapter}", player.name), &evidence);
            // What one run has written is not the next one's.
            fs::remove_dir_all(&folder).unwrap();
            fs::create_dir(&folder).unwrap();
        }
    }
}

/// Set in the process that the folder is for.
const INSIDE: &str = "AUTH_TESTS_IN_A_FOLDER_OF_ITS_OWN";

/// Runs a test in a process of its own, with an empty folder for everything that a program may write without being asked.
fn in_a_folder_of_its_own(test: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let folder: PathBuf = std::env::temp_dir().join(format!("auth-tests-{test}-{}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", &format!("canary::systems::{test}")]).current_dir(&folder).env(INSIDE, "1");
    for name in ["TMPDIR", "TMP", "TEMP", "HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"]
    {
        child.env(name, &folder);
    }
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    fs::remove_dir_all(folder).unwrap();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn the_five_systems_leave_no_secret_in_a_url_a_log_an_error_or_a_file() {
    in_a_folder_of_its_own("the_five_systems_leave_no_secret_in_a_url_a_log_an_error_or_a_file", || {
        run_all(false, |name, evidence| {
            let leaks = evidence.leaks();
            assert!(leaks.is_empty(), "{name}: {leaks:#?}");
            assert!(evidence.secrets() >= 3, "{name}: there were but {} secrets", evidence.secrets());
            let log = evidence.text("the log");
            for line in ["TRACE", "hyper", "token was answered 401"] {
                assert!(log.contains(line), "{name}: the log is to say {line:?}");
            }
        });
    });
}

#[test]
fn a_secret_that_the_five_systems_leave_anywhere_would_be_found() {
    in_a_folder_of_its_own("a_secret_that_the_five_systems_leave_anywhere_would_be_found", || {
        run_all(true, |name, evidence| {
            let found: BTreeSet<_> = evidence.leaks().into_iter().map(|(kind, _)| kind).collect();
            assert_eq!(found, BTreeSet::from(KINDS), "{name}");
        });
    });
}
