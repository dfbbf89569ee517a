//! The control run: what each counter is there for is done on purpose, and must be counted there and nowhere else.

use std::time::Duration;

use auth_core::{Authenticator, Error, Token, source_fn};
use auth_emulator::{Answer, Emulator, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Request, Uri};

use crate::expectation::{Count, Expectation};
use crate::front::{Core, Front};
use crate::ledger::Ledger;
use crate::overheard::PLANTED;
use crate::rig::{Client, Failed, Load, Replay, hyper};
use crate::run;
use crate::scenarios::{self, Named, Scenario, over_each};
use crate::scene::{Scene, Seen};

type Counted = fn(&Ledger) -> bool;

/// A name, what is done, and how it is counted.
struct Plant {
    name: &'static str,
    scenario: Scenario,
    is_counted: Counted,
}

/// Prints what was found, and says whether all of it was.
pub(crate) async fn all_are_found() -> bool {
    let mut all_found = true;
    for plant in plants() {
        let ran = run::these(vec![plant.scenario], Default::default(), &[]).await;
        let ledger = ran.ledger();
        let counter = |name: &'static str| name.split(':').next();
        let others = plants().into_iter().filter(|other| counter(other.name) != counter(plant.name));
        let is_found = (plant.is_counted)(ledger) && others.into_iter().all(|other| !(other.is_counted)(ledger));
        println!("{} {}", if is_found { "found " } else { "MISSED" }, plant.name);
        if !is_found {
            println!("{ledger}");
        }
        all_found &= is_found;
    }
    all_found
}

fn plants() -> Vec<Plant> {
    let lost: Counted = |ledger| !ledger.lost.is_empty();
    let let_in: Counted = |ledger| !ledger.let_in.is_empty();
    let leaked: Counted = |ledger| !ledger.leaked.is_empty();
    let extra: Counted = |ledger| ledger.extra > ledger.extra_bound;
    vec![
        Plant { name: "LOST: a body is altered", scenario: of(over_each!(altered())), is_counted: lost },
        Plant { name: "LOST: a body is emptied", scenario: of(over_each!(emptied())), is_counted: lost },
        Plant {
            name: "LOST: a panic that a runtime swallows",
            scenario: of(over_each!(swallowed())),
            is_counted: lost,
        },
        Plant { name: "LOST: a request has no outcome", scenario: of(over_each!(forgotten())), is_counted: lost },
        Plant { name: "LOST: a panic", scenario: of(over_each!(panicked())), is_counted: lost },
        Plant { name: "LET-IN: a request without a token", scenario: of(over_each!(anonymous())), is_counted: let_in },
        Plant { name: "LEAKED: a key in an error", scenario: of(over_each!(in_an_error())), is_counted: leaked },
        Plant {
            name: "LEAKED: half a key in an error, in hex",
            scenario: of(over_each!(in_hex())),
            is_counted: leaked,
        },
        Plant { name: "LEAKED: the key in a log line", scenario: of(over_each!(in_a_log())), is_counted: leaked },
        Plant { name: "LEAKED: the token at another origin", scenario: of(over_each!(astray())), is_counted: leaked },
        Plant {
            name: "LEAKED: half a token there, in base64",
            scenario: of(over_each!(half_astray())),
            is_counted: leaked,
        },
        Plant { name: "EXTRA: a fetch too many", scenario: of(over_each!(fetched_twice())), is_counted: extra },
    ]
}

fn of(acts: [Named; 3]) -> Scenario {
    let expectation = Expectation {
        given: String::new(),
        outcomes: Vec::new(),
        fetches: Count::Between(0, 1),
        fewest: 1,
        requests: Count::Between(0, usize::MAX),
        within: 0,
        but: Default::default(),
    };
    Scenario { name: "planted".to_owned(), given: None, expectation: Some(expectation), acts }
}

/// With a client that is wrong in this way; it is told where the other origin is.
async fn scene<F: Front>(client: impl FnOnce(Authenticator, Replay, String) -> Client) -> Scene<F> {
    let (emulator, clock) = crate::scene::emulator().await;
    let builder = scenarios::api_key(&emulator).anywhere().transport(F::transport());
    let (api, other) = (emulator.api_url(), emulator.other_origin().to_owned());
    Scene::made(emulator, clock, builder, api, |auth, replay| client(auth, replay, other))
}

async fn altered<F: Front>() -> Seen {
    let scene = scene::<F>(|auth, replay, _| {
        let client = F::client(auth, replay);
        Client::new(move |request| client.send(request.map(|_| Load::from("another order"))))
    })
    .await;
    scene.post("an order").await;
    scene.seen()
}

async fn emptied<F: Front>() -> Seen {
    let scene = scene::<F>(|auth, replay, _| {
        let client = F::client(auth, replay);
        Client::new(move |request| client.send(request.map(|_| Load::default())))
    })
    .await;
    scene.post("an order").await;
    scene.seen()
}

async fn swallowed<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    let _panicked = tokio::spawn(async { panic!("{PLANTED}") }).await;
    scene.get().await;
    scene.seen()
}

async fn forgotten<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    drop(scene.begin("POST", Load::from("an order")));
    scene.seen()
}

async fn panicked<F: Front>() -> Seen {
    let _scene = Scene::<F>::new().await;
    // Resumed, not raised: no hook prints it.
    std::panic::resume_unwind(Box::new("planted"))
}

/// The API accepts anything, and this client sends no token.
async fn anonymous<F: Front>() -> Seen {
    let scene = scene::<F>(|_, replay, _| {
        let source = source_fn(|_cx| async { Ok(Token::none_needed()) });
        Core::client(Authenticator::builder(source).anywhere().build().unwrap(), replay)
    })
    .await;
    scene.emulator.api_faults().always(Answer::new(StatusCode::OK));
    scene.get().await;
    scene.seen()
}

/// Not the emulator's key: the rig's clients stop at the sight of that.
const KEY: &str = "a-key-of-its-own";

async fn in_an_error<F: Front>() -> Seen {
    let scene = Scene::<F>::with(|_| {
        let wrong = || Error::misconfigured(format!("the key {KEY} is wrong")).do_not_repeat();
        Authenticator::builder(source_fn(move |_cx| async move { Err(wrong()) }))
    })
    .await;
    scene.keep_secret(KEY);
    scene.get().await;
    scene.seen()
}

/// Which no log has.
async fn in_hex<F: Front>() -> Seen {
    let half: String = KEY[4..12].bytes().map(|byte| format!("{byte:02x}")).collect();
    let scene = scene::<F>(|_, _, _| {
        Client::new(move |_| {
            let wrong = format!("the key {half} is wrong");
            Box::pin(async move { Err(Failed::Client(wrong.into())) })
        })
    })
    .await;
    scene.keep_secret(KEY);
    scene.get().await;
    scene.seen()
}

async fn in_a_log<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    tracing::info!("exchanging {}", Emulator::API_KEY);
    scene.get().await;
    scene.seen()
}

async fn astray<F: Front>() -> Seen {
    let scene = scene::<F>(|auth, replay, other| {
        let client = F::client(auth, replay);
        Client::new(move |mut request| {
            *request.uri_mut() = Uri::try_from(format!("{other}/items")).unwrap();
            client.send(request)
        })
    })
    .await;
    scene.get().await;
    scene.seen()
}

async fn half_astray<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    let credential = scene.auth.token(Duration::ZERO).await.unwrap();
    let token = credential.secret().unwrap().expose();
    let half = STANDARD.encode(&token[token.len() / 2..]);
    let request = Request::get(format!("{}/items?of={half}", scene.emulator.other_origin()));
    hyper().request(request.body(Load::default()).unwrap()).await.unwrap();
    scene.seen()
}

async fn fetched_twice<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.auth.invalidate();
    scene.get().await;
    scene.seen()
}
