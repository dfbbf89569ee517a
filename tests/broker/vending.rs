//! What is handed out.

use std::sync::Arc;
use std::time::Duration;

use auth_core::sources::StaticToken;
use auth_core::{Access, Endpoint, Error, ErrorKind, Policy, Token, source_fn};
use auth_tower::{Broker, Session};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::page::{Behind, ORIGIN, TOKEN, answered, authenticator, bearer, exchanging, fetch, granted, of};

/// A broker over a source that always brings this token.
fn over(token: impl Fn() -> Token + Send + Sync + 'static) -> Behind {
    let source = source_fn(move |_| {
        let token = token();
        async move { Ok::<_, Error>(token) }
    });
    Behind::over(&of(source), bearer())
}

/// That it is not handed out, and that the program is told why.
#[track_caller]
fn kept_back(behind: &Behind, why: &str) {
    let answer = behind.refuses(fetch(), 500, "not_short_lived");
    let said = answer.why.unwrap();
    assert_eq!(said.kind(), ErrorKind::Misconfigured);
    assert!(said.to_string().contains(why) && said.to_string().contains("acme"), "{said}");
    let error = behind.clock.block_on(behind.broker.warm_up()).unwrap_err();
    assert!(error.to_string().contains(why), "{error}");
}

#[test]
fn a_page_is_told_how_long_its_token_serves() {
    let behind = Behind::new(bearer());
    behind.vends(fetch());
    behind.clock.advance(Duration::from_secs(600));
    let json = behind.vends(fetch()).json();
    let now = behind.clock.wall().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert_eq!(
        (&json["tokenType"], &json["expiresIn"], &json["expiresAt"]),
        (&"Bearer".into(), &3000.into(), &(now + 3000).into())
    );
    assert_eq!(json.as_object().unwrap().len(), 4, "{json}");
}

#[test]
fn a_token_without_a_known_end_is_handed_to_nobody() {
    kept_back(&over(|| Token::bearer(TOKEN)), "no known end");
    // An assumption of the source's is no knowledge.
    kept_back(&over(|| Token::bearer(TOKEN).default_lifetime(Duration::from_secs(60))), "no known end");
    let no_end = format!("e30.{}.{TOKEN}", URL_SAFE_NO_PAD.encode("{}"));
    kept_back(&over(move || Token::bearer(no_end.clone())), "no known end");
}

#[test]
fn a_token_that_lives_too_long_is_handed_to_nobody() {
    let living = |seconds| over(move || Token::bearer(TOKEN).expires_in(Duration::from_secs(seconds)));
    kept_back(&living(61 * 60 + 1), "longer");
    living(61 * 60).vends(fetch());
    let behind = living(24 * 3600);
    let broker = behind.broker.clone().max_lifetime(Duration::from_secs(24 * 3600));
    Behind { broker, ..behind }.vends(fetch());
    let behind = Behind::new(bearer());
    behind.vends(fetch());
    let broker = behind.broker.clone().max_lifetime(Duration::from_secs(3599));
    kept_back(&Behind { broker, ..behind }, "longer");
}

#[test]
fn a_step_of_the_wall_clock_makes_no_token_live_longer() {
    let behind = Behind::new(bearer());
    behind.vends(fetch());
    behind.clock.step_wall(-1800);
    assert_eq!(behind.vends(fetch()).json()["expiresIn"], 3600);
}

#[test]
fn a_credential_that_is_given_is_refused_at_the_start() {
    let endpoint = || Endpoint::parse("https://api.example.com").unwrap();
    let start =
        |access: Access| Broker::new(&access, authenticator(&access), bearer(), [ORIGIN]).map(drop).unwrap_err();
    let source = StaticToken::new("a-key-for-years").unwrap();
    let handle = source.handle();
    let given = Access::new("acme", source, endpoint()).with_token_handle(handle);
    assert!(start(given).to_string().contains("given, not fetched"));
    assert!(start(Access::none_needed("acme", endpoint())).to_string().contains("no credential is needed"));
    // Without its handle it is seen when it is fetched.
    kept_back(&Behind::over(&of(StaticToken::new("a-key-for-years").unwrap()), bearer()), "no known end");
}

#[test]
fn a_page_gets_a_token_with_life_left() {
    let behind = Behind::new(bearer());
    behind.vends(fetch());
    behind.clock.advance(Duration::from_secs(3545));
    behind.issuer.answer(200, granted(3600).replace(TOKEN, &format!("{TOKEN}-newer")));
    assert_eq!(behind.vends(fetch()).json()["expiresIn"], 3600, "55 s are less than a minute");
    assert_eq!(behind.issuer.requests().len(), 2);

    // If no fetch can bring that, what there is.
    let short = over(|| Token::bearer(TOKEN).expires_in(Duration::from_secs(40)));
    assert_eq!(short.vends(fetch()).json()["expiresIn"], 40);
}

#[test]
fn while_the_issuer_is_down_pages_are_told_when_to_come_again() {
    let behind = Behind::over(&exchanging(), bearer());
    for _ in 0..Policy::default().attempts {
        behind.issuer.answer_with(Err(Error::transient("connection refused")));
    }
    let answer = behind.ask(fetch());
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (503, "token_unavailable"));
    let pause: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&pause), "{pause}");
    assert!(answer.why.is_some_and(|why| why.is_transient()));
    // A page that comes at once costs the issuer nothing.
    behind.refuses(fetch(), 503, "token_unavailable");
}

#[test]
fn a_page_hears_nothing_of_what_the_program_has_to_see_to() {
    for (status, body) in
        [(400, r#"{"error":"invalid_client","error_description":"S3cr3t"}"#), (401, r#"{"error":"invalid_client"}"#)]
    {
        let behind = Behind::over(&exchanging(), bearer());
        (0..3).for_each(|_| behind.issuer.answer(status, body));
        let answer = behind.ask(fetch());
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (500, "no_token"), "{answer:?}");
        assert_eq!(answer.header("retry-after"), None);
        for word in ["iam.example.com", "acme", "invalid_client", "S3cr3t", "key"] {
            assert!(!answer.text.contains(word), "{word}: {}", answer.text);
        }
        assert_eq!(answer.why.unwrap().kind(), ErrorKind::Rejected);
    }
}

#[tokio::test]
async fn who_comes_when_too_many_wait_is_refused_at_once() {
    let gate = Arc::new(tokio::sync::Notify::new());
    let opened = Arc::clone(&gate);
    let source = source_fn(move |_| {
        let opened = Arc::clone(&opened);
        async move {
            opened.notified().await;
            Ok::<_, Error>(Token::bearer(TOKEN).expires_in(Duration::from_secs(600)))
        }
    });
    let access = of(source);
    let auth = access.builder().build().unwrap();
    let broker = Broker::new(&access, auth, Session::bearer(super::page::SECRET).unwrap(), [ORIGIN]).unwrap();
    let broker = broker.max_waiting(2);
    let waiting: Vec<_> = (0..2).map(|_| tokio::spawn(answered(broker.clone(), fetch()))).collect();
    // They run until they wait, before this task is polled again.
    tokio::task::yield_now().await;
    let refused = answered(broker.clone(), fetch()).await;
    assert_eq!((refused.status.as_u16(), refused.error().as_str()), (503, "busy"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    gate.notify_one();
    for answer in waiting {
        assert_eq!(answer.await.unwrap().status.as_u16(), 200);
    }
    assert_eq!(answered(broker, fetch()).await.status.as_u16(), 200, "their places are free again");
}
