//! Where `authctl` could leave a secret, beside what it prints: files and their modes, what the programs that it starts are given,
//! arguments that every user of the machine sees, and what the proxy says itself.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use auth_emulator::{Answer, Emulator, Fault, Origin, RecordedRequest, StatusCode};
use http::Request;
use tokio::task::JoinSet;

use super::scenes::{self, Scene};
use super::{plants, secrets, telling};
use crate::commands;
use crate::hunt::{self, Hunt};
use crate::proxy::{Proxy, send};
use crate::rig::{Ended, User, exchanging};

pub(super) const STDERR: &str = "stderr";
pub(super) const STDOUT: &str = "stdout";
pub(super) const FILES: &str = "files";
pub(super) const KEPT: &str = "files of kept tokens";
pub(super) const PROGRAM: &str = "a program's environment";
pub(super) const HELPER: &str = "a helper's environment";
pub(super) const ARGUMENTS: &str = "arguments of processes";
pub(super) const METRICS: &str = "the proxy's metrics";
pub(super) const ANSWERS: &str = "the proxy's own answers";
pub(super) const PROXY_LOG: &str = "the proxy's log";
pub(super) const ELSEWHERE: &str = "what the other origin gets";

const ALL: [&str; 11] =
    [STDERR, STDOUT, FILES, KEPT, PROGRAM, HELPER, ARGUMENTS, METRICS, ANSWERS, PROXY_LOG, ELSEWHERE];

/// What stands there, and what must not.
#[derive(Default)]
pub(super) struct Places {
    texts: Vec<(&'static str, Vec<u8>)>,
    secrets: Vec<(String, String)>,
}

impl Places {
    pub(super) fn add(&mut self, place: &'static str, text: impl Into<Vec<u8>>) {
        self.texts.push((place, text.into()));
    }

    fn add_ended(&mut self, ended: Ended) {
        self.add(STDERR, ended.stderr);
        self.add(STDOUT, ended.stdout);
    }

    /// What came to the port where no secret has any business.
    fn add_requests(&mut self, emulator: &Emulator) {
        let requests = emulator.other_requests();
        self.add(ELSEWHERE, format!("{} requests", requests.len()));
        requests.iter().for_each(|request| self.add(ELSEWHERE, whole(request)));
    }

    /// All that was written below the home folder, but for what the user wrote. A token may stand where tokens are kept, which
    /// only the user may read; what it was exchanged for may not.
    fn add_files(&mut self, folder: &Path, own: &[PathBuf]) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = path.symlink_metadata().unwrap().permissions().mode() & 0o777;
            let is_kept = path.parent().unwrap().ends_with(".cache/authctl/tokens");
            self.add(FILES, format!("{} {mode:o}", path.display()));
            if path.is_dir() {
                self.add_files(&path, own);
            } else if is_kept {
                assert_eq!(mode, 0o600, "{}", path.display());
                self.add(KEPT, std::fs::read(&path).unwrap());
            } else if !own.contains(&path) {
                self.add(FILES, std::fs::read(&path).unwrap());
            }
        }
    }

    /// Where a piece of which secret is, each by a hunt of its own: one must not hide another.
    fn found(&self) -> BTreeSet<(&'static str, String)> {
        for place in ALL {
            assert!(self.texts.iter().any(|(at, _)| *at == place), "nothing was looked at of {place}");
        }
        let mut found = BTreeSet::new();
        for (name, secret) in &self.secrets {
            let hunt = Hunt::after([(name.as_str(), telling(secret))]);
            let may_be_there = |place| place == KEPT && name == scenes::TOKEN;
            for (place, text) in self.texts.iter().filter(|(place, _)| !may_be_there(*place)) {
                found.extend(hunt.find(text).map(|what| (*place, what)));
            }
        }
        found
    }
}

/// What a command has left in files that the user did not write.
pub(super) fn left_behind(scene: &Scene, hunt: &Hunt) -> Option<String> {
    let mut places = Places::default();
    places.add_files(scene.user.home(), &scene.own_files());
    let (mut kept, mut files) = (Vec::new(), Vec::new());
    for (place, text) in &places.texts {
        let texts = if *place == KEPT { &mut kept } else { &mut files };
        texts.extend_from_slice(text);
        texts.push(b'\n');
    }
    // Most commands keep none.
    let among_kept = || {
        let secrets = scene.secrets();
        let but_tokens = secrets.iter().filter(|(name, _)| name != scenes::TOKEN);
        Hunt::after(but_tokens.map(|(name, secret)| (name.as_str(), telling(secret)))).find(&kept)
    };
    hunt.find(files).or_else(|| if kept.is_empty() { None } else { among_kept() })
}

fn whole(request: &RecordedRequest) -> Vec<u8> {
    let headers: String = request.headers().iter().map(|(name, value)| format!("{name}: {value:?}\n")).collect();
    let query = request.query().unwrap_or_default();
    [format!("{} {}?{query}\n{headers}", request.method(), request.path()).as_bytes(), request.body()].concat()
}

/// Says what it was given: its environment into `$1/NAME.environment`, its arguments and those of who started it.
const TELL: &str = r#"
env >"$1/$2.environment"
{ echo "$0 $*"; for id in $$ $PPID; do [ ! -r /proc/$id/cmdline ] || tr '\0' '\n' </proc/$id/cmdline; done; } >>"$1/arguments"
"#;

async fn look(planted: bool) -> (Places, Vec<(&'static str, String)>) {
    let mut places = Places::default();
    let given = tempfile::tempdir().unwrap();
    let scene = scenes::good().await;
    std::fs::write(given.path().join("tell.sh"), TELL).unwrap();
    std::fs::write(given.path().join("help.sh"), format!("{TELL}\necho {}\n", secrets::REFUSED)).unwrap();
    helps(&scene, &mut places).await;
    programs(&scene, given.path(), &mut places, planted).await;
    redirected(&scene, &mut places).await;
    if planted {
        plants::written(given.path(), &scene.user, &mut places).await;
    }
    places.add_files(scene.user.home(), &scene.own_files());
    proxied(&mut places, planted).await;
    places.secrets.extend(scene.secrets());
    let planted = plants::ALL.iter().map(|plant| (plant.name.to_owned(), plant.secret.to_owned()));
    places.secrets.extend(planted);
    let expected = plants::ALL.iter().map(|plant| (plant.place, format!("{}{}", plant.name, plant.disguise)));
    (places, expected.collect())
}

/// Every command's help, by a user whose variables are secrets.
async fn helps(scene: &Scene, places: &mut Places) {
    let mut running = JoinSet::new();
    for command in commands::all().await.into_iter().map(|command| format!("{command} --help")) {
        running.spawn(scene.user.authctl(command.split_whitespace()).output());
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        running.spawn(scene.user.authctl(["completions", shell]).output());
    }
    while let Some(ended) = running.join_next().await {
        places.add_ended(Ended::of(ended.unwrap().unwrap()));
    }
}

/// Programs with a token in their environment or in a file, and a helper that brings one.
async fn programs(scene: &Scene, given: &Path, places: &mut Places, planted: bool) {
    let folder = given.to_str().unwrap();
    let run = async |words: &[&str], name: &str| {
        let (tell, dotenv) = (given.join("tell.sh"), scene.dotenv.to_str().unwrap().to_owned());
        let more = ["--", "sh", tell.to_str().unwrap(), folder, name];
        let mut command = scene.user.authctl(["-vv", "--dotenv", &dotenv].iter().chain(words).chain(&more));
        if planted {
            plants::in_variables(&mut command);
        }
        let ended = Ended::of(command.output().await.unwrap());
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        ended
    };
    for refresh in ["none", "restart", "file"] {
        places.add_ended(run(&["exec", "--refresh", refresh], refresh).await);
        let told = std::fs::read_to_string(given.join(format!("{refresh}.environment"))).unwrap();
        assert_eq!(
            told.contains("\nAUTHCTL_TOKEN=") || told.starts_with("AUTHCTL_TOKEN="),
            refresh != "file",
            "{told}"
        );
        // The token that it is for, and what the user's own environment has for every program.
        let known = ["AUTHCTL_TOKEN=", "UNRELATED=", "SESSION_SECRET="];
        let rest: Vec<_> = told.lines().filter(|line| !known.iter().any(|known| line.starts_with(known))).collect();
        places.add(PROGRAM, rest.join("\n"));
    }
    let command = ["sh".into(), given.join("help.sh"), given.to_path_buf(), "helper".into()];
    let profile = serde_json::json!(command);
    let config = format!(
        "[profile.default]\ntype = \"exec\"\nendpoint = \"https://api.example\"\ncommand = {profile}\npass_env = [\"PASSED\"]\n"
    );
    let config = scene.user.write("helper.toml", &config);
    let mut helped = scene.user.authctl(["-vv", "--config", config.to_str().unwrap(), "token"]);
    if planted {
        plants::in_variables(&mut helped);
    }
    let ended = Ended::of(helped.output().await.unwrap());
    assert_eq!(ended.stdout.trim_end(), secrets::REFUSED, "{ended:#?}");
    places.add(STDERR, ended.stderr);
    places.add(HELPER, std::fs::read(given.join("helper.environment")).unwrap());
    places.add(ARGUMENTS, std::fs::read(given.join("arguments")).unwrap());
}

/// Servers that lead elsewhere.
async fn redirected(scene: &Scene, places: &mut Places) {
    let elsewhere = || Fault::Redirect { status: StatusCode::TEMPORARY_REDIRECT, to: Origin::Other };
    let emulator = scene.emulator();
    emulator.api_faults().always(elsewhere());
    places.add(STDERR, scene.user.run("-vv whoami").await.stderr);
    emulator.token_faults().always(elsewhere());
    places.add_ended(scene.user.run("-vv token --force").await);
    emulator.clear_faults();
    places.add_requests(emulator);
}

/// A proxy that refuses for every reason, in front of servers that repeat what they were sent.
async fn proxied(places: &mut Places, planted: bool) {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::start(User::new().with_config(&exchanging(&emulator)), "--timeout 5s").await;
    places.secrets.push(("the proxy's secret".to_owned(), proxy.secret.clone()));
    places.secrets.push(("the emulator's API key".to_owned(), Emulator::API_KEY.to_owned()));
    assert_eq!(proxy.get("/things").await.status, 200);
    let query = format!("/x?key={}", secrets::QUERY_SECRET);
    let url = format!("{}{query}", proxy.url);
    let mut own = vec![
        send(Request::get(&url).header("x-authctl-secret", secrets::REFUSED)).await,
        send(Request::get(&url).header("authorization", format!("Bearer {}", secrets::SESSION))).await,
        send(proxy.request("GET", &query).header("origin", format!("https://{}.example", secrets::PASSWORD))).await,
        send(proxy.request("GET", &format!("/../{query}"))).await,
        send(proxy.request("TRACE", &query)).await,
        proxy.admin(&format!("/{}", secrets::QUERY_SECRET)).await,
    ];
    emulator.api_faults().once(Fault::Reset);
    own.push(send(proxy.request("POST", &query).header("cookie", secrets::ENV_VALUE)).await);
    let body = serde_json::json!({
        "error": Emulator::API_KEY,
        "error_description": format!("{} {}", Emulator::API_KEY, secrets::ANSWER),
    });
    let repeating = |status| Answer::new(status).with_body("application/json", body.to_string());
    emulator.token_faults().always(repeating(StatusCode::BAD_REQUEST));
    // With a token that is refused, and with none to begin with.
    emulator.revoke_all();
    assert_eq!(proxy.get(&query).await.status, 401);
    emulator.clear_faults();
    emulator.token_faults().always(repeating(StatusCode::SERVICE_UNAVAILABLE));
    let without = Proxy::start(User::new().with_config(&exchanging(&emulator)), "--timeout 5s").await;
    own.push(send(without.request("GET", &query)).await);
    for path in ["/healthz", "/readyz", "/metrics"] {
        places.add(METRICS, proxy.admin(path).await.body.to_vec());
        places.add(METRICS, without.admin(path).await.body.to_vec());
    }
    for answer in own {
        assert!(answer.status.is_client_error() || answer.status.is_server_error(), "{answer:?}");
        assert!(answer.json()["error"].is_string(), "{answer:?}");
        places.add(ANSWERS, [format!("{:?}\n", answer.headers).as_bytes(), &answer.body].concat());
    }
    if planted {
        emulator.clear_faults();
        plants::in_answers(&emulator, &proxy, places).await;
    }
    places.add_requests(&emulator);
    let issued = emulator.issued_tokens().into_iter().map(|token| (scenes::TOKEN.to_owned(), token));
    places.secrets.extend(issued);
    places.secrets.push(("the proxy's secret".to_owned(), without.secret.clone()));
    places.add(PROXY_LOG, proxy.end().await.1);
    places.add(PROXY_LOG, without.end().await.1);
}

/// Shown by `just canary`.
#[expect(clippy::print_stdout, reason = "figures are for people")]
fn report(what: &str, places: &Places, found: &BTreeSet<(&'static str, String)>) {
    println!(
        "{what}: {} places, {} canaries and issued tokens, {} encodings, {} texts",
        ALL.len(),
        places.secrets.len(),
        hunt::DISGUISES.len(),
        places.texts.len(),
    );
    println!("| where | what is shown |\n| --- | --- |");
    found.iter().for_each(|(place, what)| println!("| {place} | {what} |"));
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "figures are for people")]
async fn no_secret_is_left_in_a_file_an_environment_an_argument_a_metric_or_an_answer() {
    let (places, _) = look(false).await;
    let found = places.found();
    report("authctl", &places, &found);
    println!("LEAKED {}", found.len());
    assert_eq!(found, BTreeSet::new());
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "figures are for people")]
async fn ten_leaks_that_are_planted_there_are_found_and_nothing_else() {
    let (places, expected) = look(true).await;
    let found = places.found();
    report("authctl, with ten leaks planted", &places, &found);
    let there = expected.iter().filter(|expected| found.contains(*expected)).count();
    println!("found {there} of {}", expected.len());
    assert_eq!(expected.len(), 10);
    assert_eq!(found, expected.into_iter().collect());
}
