//! Opens the page of `examples/browser` in Chromium, and a stranger's, and looks at what they show and at what was asked.
//!
//! First the example's own servers, then `authctl broker` with each way of checking a session. Run by `just browser`, which brings
//! Chromium and names it, the example and authctl. What the pages looked like is in `target/browser`.

#![expect(clippy::print_stdout, reason = "a tool talks to a person")]
#![allow(clippy::unwrap_used, reason = "a tool of the repository's own may stop at the first surprise")]

mod chromium;
mod program;
#[path = "../../examples/browser/servers.rs"]
#[allow(dead_code, reason = "the broker is another one here")]
mod servers;

use auth_emulator::{Emulator, systems::Skyflow};
use serde_json::json;

use chromium::Chromium;
use program::Program;
use servers::{Asked, Port};

/// The record that there is.
const NAME: &str = "Ada Lovelace";
const SECRET: &str = "7d1f0c52a94be836";

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [chromium, example, authctl] = &*arguments else { panic!("the arguments: Chromium, the example, authctl") };
    let chromium = Chromium::new(chromium);
    println!("{}", chromium.version().await);

    the_example(&chromium, Program::new(example)).await;
    let authctl = Program::new(authctl);
    a_broker_of_authctl(&chromium, &authctl, "forward-auth").await;
    a_broker_of_authctl(&chromium, &authctl, "secret").await;
    println!("the screenshots are in {}", chromium.folder().display());
}

async fn the_example(chromium: &Chromium, example: Program) {
    let mut example = example.start(&["serve"], &[]);
    let place = |line: String| line.split_once(' ').unwrap().1.to_owned();
    let (page, foreign) = (place(example.line().await), place(example.line().await));

    let shown = chromium.open(&page, "example-page").await;
    assert!(shown.has(NAME) && shown.has(&format!("{page}</b>")), "the page shows the record: {shown:?}");
    // Another port, and another name of the same.
    let renamed = page.replace("127.0.0.1", "localhost");
    for (origin, name) in [(&foreign, "example-foreign-port"), (&renamed, "example-foreign-host")] {
        let shown = chromium.open(origin, name).await;
        assert!(shown.has("No token, and no record") && !shown.has(NAME), "{origin}: {shown:?}");
        assert!(shown.has(&format!("{origin}</b>")), "{shown:?}");
    }
    let said = example.ended().await;
    let answered = |origin: &str, status: u16| {
        let by = format!("asked by {origin} ");
        said.lines().filter(|line| line.starts_with(&by) && line.ends_with(&format!(": {status}"))).count()
    };
    println!("{said}");
    assert!(answered(&page, 200) > 0 && answered(&foreign, 403) > 0 && answered(&renamed, 403) > 0, "{said}");
    assert_eq!(answered(&foreign, 200) + answered(&renamed, 200), 0, "{said}");
}

/// The stranger's page first has its browser signed in to the application, and then tries every way.
async fn a_broker_of_authctl(chromium: &Chromium, authctl: &Program, way: &str) {
    let (app, stranger) = (Port::open().await.unwrap(), Port::open().await.unwrap());
    let emulator = Emulator::builder().with_allowed_origin(&app.origin).start().await.unwrap();
    let session = format!("{}/session", app.origin);
    let mut arguments = vec!["-v", "broker", "--allow-origin", &app.origin];
    arguments.extend(match way {
        "secret" => ["--session-secret-env", "PAGE_SECRET"],
        _ => ["--forward-auth", &session],
    });
    let variables =
        [("SKYFLOW_CREDENTIALS", emulator.skyflow().credentials_json()), ("PAGE_SECRET", SECRET.to_owned())];
    let config =
        format!("[profile.default]\nsystem = \"skyflow\"\nvault_url = \"{}\"\n", emulator.skyflow().vault_url());
    let mut broker = authctl.with_config(&config).start(&arguments, &variables);
    let url = broker.line().await;

    let record = format!("{}/v1/vaults/{}/{}", emulator.skyflow().vault_url(), Skyflow::VAULT_ID, Skyflow::TABLE);
    let secret = (way == "secret").then_some(SECRET);
    let places = json!({ "broker": url, "record": record, "session": secret });
    let page = include_str!("../../examples/browser/page.html").replace("{{places}}", &places.to_string());
    // The worst case: it has found the secret as well.
    let places = json!({ "broker": url, "application": app.origin, "session": secret });
    let strangers = include_str!("stranger.html").replace("{{places}}", &places.to_string());
    let (asked, page_at, stranger_at) = (Asked::default(), app.origin.clone(), stranger.origin.clone());
    app.serve(servers::noted(servers::application(page), asked.clone()));
    stranger.serve(servers::page(strangers));

    let shown = chromium.open(&page_at, &format!("authctl-{way}-page")).await;
    assert!(shown.has(NAME), "the page shows the record: {shown:?}");
    let (vended, checked) = (handed_out(&broker.log()), asked.lines().len());
    assert_eq!(vended, chromium::TIMES, "once each time that the page was opened");
    let at_the_vault = emulator.api_request_count();

    let shown = chromium.open(&stranger_at, &format!("authctl-{way}-stranger")).await;
    assert!(shown.has("All were tried.") && !shown.has("GOT IT"), "a stranger's page gets nothing: {shown:?}");
    assert!(asked.lines().iter().any(|line| line.contains("with a cookie: 204")), "it had the session: {asked:?}");
    let refused = broker.log().matches("status=403").count();
    assert!(refused >= 6 * chromium::TIMES, "every way was refused: {refused}");
    assert_eq!(emulator.api_request_count(), at_the_vault);
    let log = broker.terminated().await;
    assert_eq!(handed_out(&log), vended, "no token was handed out: {log}");
    for token in emulator.issued_tokens().iter().map(String::as_str).chain([SECRET]) {
        assert!(!log.contains(token), "the log holds a secret");
    }
    println!(
        "authctl broker, {way}: {vended} tokens to the page, {refused} refusals to the stranger, {checked} requests before"
    );
}

/// How many tokens: a preflight is answered 200, too.
fn handed_out(log: &str) -> usize {
    log.lines().filter(|line| line.contains("status=200") && !line.contains("method=OPTIONS")).count()
}
