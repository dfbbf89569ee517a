//! A chain goes on where nothing is configured and nowhere else, and says why. When it asks whom is `data/cases/chain.json`'s.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::exchange::{Exchange, TokenEndpoint};
use auth_core::runtime::FakeRuntime;
use auth_core::settings::{Lookup, Settings};
use auth_core::sources::{Chain, EnvToken, FileToken, Link, StaticToken};
use auth_core::{
    Access, Authenticator, Endpoint, Env, Error, ErrorKind, FetchContext, Token, TokenSource, Transport, source_fn,
};
use bytes::Bytes;
use http::{Request, Response};

fn token(chain: &Chain) -> Result<String, Error> {
    let clock = FakeRuntime::new();
    let auth = Authenticator::builder(chain.clone()).anywhere().runtime(clock.clone()).build()?;
    let credential = clock.block_on(auth.token(Duration::ZERO))?;
    Ok(credential.secret().map(|secret| secret.expose().to_owned()).unwrap_or_default())
}

fn failing(name: &'static str, kind: ErrorKind, message: &'static str) -> Link {
    Link::new(name, source_fn(move |_cx| async move { Err(Error::new(kind, message)) }))
}

fn chain(links: impl IntoIterator<Item = Link>) -> Chain {
    Chain::new(links).in_env(Env::of([("NOTHING", "")]))
}

#[test]
fn the_explanation_says_of_each_link_how_it_stands_why_and_where_its_settings_are_from() {
    let env = Env::of([("ACME_URL", "https://api.acme.example"), ("ACME_TOKEN", "secret-token")]);
    let mut settings = Settings::new(env.clone());
    settings.require(&Lookup::new("endpoint").variables(&["ACME_URL"])).unwrap();
    settings.require(&Lookup::new("token").secret().variables(&["ACME_TOKEN"])).unwrap();
    let chain = chain([
        Link::new("file", FileToken::new("/nowhere/token")),
        Link::from_result("profile", Err::<StaticToken, _>(Error::unavailable("there is no profile"))),
        Link::new("env", EnvToken::of(env, "ACME_TOKEN")).with_explanation(settings.into_explanation()),
        Link::new("last", StaticToken::new("secret-last").unwrap()),
    ]);
    assert!(chain.explain().to_string().starts_with("file: not tried\nprofile: not configured\n"));
    assert_eq!(token(&chain).unwrap(), "secret-token");
    let wanted = "\
        file: not configured\n  why: file: there is no token file /nowhere/token\n\
        profile: not configured\n  why: profile: there is no profile\n\
        env: used\n  endpoint: https://api.acme.example (the variable ACME_URL)\n  token: set, not shown (the variable ACME_TOKEN)\n\
        last: not tried\n";
    assert_eq!(chain.explain().to_string(), wanted);
}

#[test]
fn the_error_is_the_stopping_links_own_and_lists_those_before_it() {
    let refused = source_fn(|_cx| async {
        let error =
            Error::new(ErrorKind::Rejected, "the key was refused").with_code(Some("invalid_client".into()), None);
        Err(error.with_host("iam.acme.example").with_status(401).with_request_id(Some("r-1")))
    });
    let chain = chain([failing("env", ErrorKind::Unavailable, "X is not set"), Link::new("key", refused)]);
    let error = token(&chain).unwrap_err();
    let got = (error.kind(), error.code(), error.host(), error.status(), error.request_id());
    let wanted = (ErrorKind::Rejected, Some("invalid_client"), Some("iam.acme.example"), Some(401), Some("r-1"));
    assert_eq!(got, wanted);
    let message = error.to_string();
    let wanted = "the chain stopped at `key`: env: X is not set; \
        key: the key was refused (invalid_client) [iam.acme.example] (request r-1)";
    assert!(message.ends_with(wanted), "{message}");
    assert_eq!(error.causes().len(), 2);
}

#[test]
fn no_line_of_a_list_is_long_and_the_list_ends() {
    let long = "ü".repeat(1000);
    let links =
        (0..100).map(|_| Link::from_result(long.clone(), Err::<StaticToken, _>(Error::unavailable(long.clone()))));
    let inner = chain(links);
    let nested = chain([Link::new("inner", inner.clone()), failing("other", ErrorKind::Unavailable, "other")]);
    for (chain, most) in [(inner, 18), (nested, 3)] {
        let message = token(&chain).unwrap_err().to_string();
        assert!(message.lines().all(|line| line.len() < 300), "{message}");
        assert!(message.lines().count() <= most, "{message}");
        assert!(chain.explain().to_string().lines().filter(|line| line.contains("why")).all(|line| line.len() < 300));
    }
    let empty = token(&chain([])).unwrap_err();
    assert_eq!(empty.kind(), ErrorKind::Misconfigured);
}

#[test]
fn a_chosen_link_is_found_by_its_name_with_white_space_around_it() {
    let links = || [Link::new("a", StaticToken::new("ta").unwrap()), Link::new("b", StaticToken::new("tb").unwrap())];
    let chosen = |name: &str| Chain::new(links()).in_env(Env::of([("AUTHCTL_SOURCE", name)]));
    assert_eq!(token(&chosen(" b\n")).unwrap(), "tb");
    assert_eq!(token(&chosen("")).unwrap(), "ta", "an empty variable is none");
    assert_eq!(token(&chosen("B")).unwrap_err().kind(), ErrorKind::Misconfigured);
    let explained = chosen("b").explain();
    assert_eq!(explained.chosen(), Some("b"));
    assert!(explained.to_string().ends_with("AUTHCTL_SOURCE chooses b\n"));
}

#[test]
fn a_system_is_a_link_whose_settings_are_told_and_all_are_for_one_api() {
    let api = Endpoint::parse("https://api.acme.example").unwrap();
    let other = Endpoint::parse("https://api.other.example").unwrap();
    let access = |endpoint: &Endpoint, token| Access::new("acme", StaticToken::new(token).unwrap(), endpoint.clone());
    let absent = || Link::from_access("absent", Err(Error::unavailable("no ACME_TOKEN")));
    let one = chain([
        absent(),
        Link::from_access("one", Ok(access(&api, "t1"))),
        Link::from_access("two", Ok(access(&api, "t2"))),
    ]);
    assert_eq!(token(&one).unwrap(), "t1");
    let inside = chain([absent(), Link::from_access("inside", Ok(Access::none_needed("acme", api.clone())))]);
    assert_eq!(token(&inside).unwrap(), "", "nothing is attached");

    let gone = failing("gone", ErrorKind::Unavailable, "gone");
    let mixed = chain([
        gone,
        Link::from_access("one", Ok(access(&api, "t1"))),
        Link::from_access("two", Ok(access(&other, "t2"))),
    ]);
    assert_eq!(mixed.explain().links()[2].state().to_string(), "broken");
    let chosen = mixed.in_env(Env::of([("AUTHCTL_SOURCE", "two")]));
    let error = token(&chosen).unwrap_err();
    assert!(error.kind() == ErrorKind::Misconfigured && error.to_string().contains("another endpoint"), "{error}");
}

/// Answers its first request at once, and takes ten seconds for the second; or answers nobody.
struct Metadata {
    there: bool,
    clock: FakeRuntime,
    asked: Arc<AtomicUsize>,
}

#[async_trait]
impl Transport for Metadata {
    async fn send(&self, _request: Request<Bytes>, _limit: usize) -> Result<Response<Bytes>, Error> {
        use auth_core::runtime::Runtime as _;
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        if !self.there {
            std::future::pending::<()>().await;
        }
        let pause = Duration::from_secs(if number == 0 { 0 } else { 10 });
        self.clock.sleep_until(self.clock.now().monotonic() + pause).await;
        Ok(Response::new(Bytes::from_static(b"{\"access_token\":\"tok\"}")))
    }
}

/// Two requests, as an instance's identity and then its token.
struct Instance;

#[async_trait]
impl TokenSource for Instance {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        cx.allow(Duration::from_secs(60));
        let exchange = Exchange::new(TokenEndpoint::parse("http://127.0.0.1/token")?);
        exchange.send(cx).await?;
        Ok(exchange.send(cx).await?.token)
    }
}

#[test]
fn a_metadata_service_that_answers_may_take_its_time_and_one_that_does_not_may_not() {
    for (there, after) in [(true, 10), (false, 1)] {
        let (clock, asked) = (FakeRuntime::new(), Arc::<AtomicUsize>::default());
        let chain = chain([
            Link::new("instance", Instance).probe_first(),
            failing("last", ErrorKind::Unavailable, "nothing is configured"),
        ]);
        let transport = Metadata { there, clock: clock.clone(), asked: Arc::clone(&asked) };
        let auth = Authenticator::builder(chain.clone()).anywhere().transport(transport).runtime(clock.clone());
        let auth = auth.build().unwrap();
        let began = clock.wall();
        let result = clock.block_on_within(Duration::from_secs(60), auth.token(Duration::ZERO));
        assert_eq!(clock.wall().duration_since(began).unwrap(), Duration::from_secs(after));
        match result {
            Ok(credential) => assert!(there && credential.secret().is_some()),
            Err(error) => {
                assert!(!there && error.kind() == ErrorKind::Unavailable, "{error}");
                assert!(error.to_string().contains("instance: no answer within 1s"), "{error}");
            }
        }
        assert_eq!(asked.load(Ordering::SeqCst), if there { 2 } else { 1 });
    }
}

/// Brings `slow` to the first caller, when it is let go, and is not configured for all others.
struct Slow {
    asked: AtomicUsize,
    go: Arc<tokio::sync::Notify>,
}

#[async_trait]
impl TokenSource for Slow {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        if self.asked.fetch_add(1, Ordering::SeqCst) > 0 {
            return Err(Error::unavailable("not here"));
        }
        self.go.notified().await;
        Ok(Token::bearer("slow"))
    }
}

#[test]
fn two_authenticators_over_clones_are_never_two_identities() {
    let go = Arc::new(tokio::sync::Notify::new());
    let slow = Slow { asked: AtomicUsize::new(0), go: Arc::clone(&go) };
    let chain = chain([Link::new("slow", slow), Link::new("quick", StaticToken::new("quick").unwrap())]);
    let clock = FakeRuntime::new();
    let [first, second] =
        [0, 1].map(|_| Authenticator::builder(chain.clone()).anywhere().runtime(clock.clone()).build().unwrap());
    let token = async |auth: &Authenticator| {
        let credential = auth.token(Duration::ZERO).await.unwrap();
        credential.secret().map(|secret| secret.expose().to_owned()).unwrap()
    };
    let (one, other) = clock.block_on(async {
        let late = async {
            let token = token(&second).await;
            go.notify_one();
            token
        };
        tokio::join!(token(&first), late)
    });
    assert_eq!((one.as_str(), other.as_str()), ("quick", "quick"));
    let explained = chain.explain().to_string();
    assert!(explained.contains("quick: used") && !explained.contains("slow: used"), "{explained}");
}
