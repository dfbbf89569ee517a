//! An authenticator is built of one place for its tokens and of numbers that it can work with, or not at all.

use std::time::Duration;

use auth_core::sources::StaticToken;
use auth_core::{Authenticator, Builder, ErrorKind, Policy};

fn builder() -> Builder {
    Authenticator::builder(StaticToken::new("t").unwrap())
}

/// What the error says that it is built with.
fn refused(builder: Builder) -> String {
    let error = builder.id("orders").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    let text = error.to_string();
    assert!(text.contains("orders"), "{text}");
    text
}

#[test]
fn where_the_token_may_go_is_said_once() {
    assert!(refused(builder()).contains("was not said: call `.for_origins(..)`"));
    let twice = "was said twice: choose one";
    assert!(refused(builder().for_origins(["https://a.example"]).for_origins(["https://b.example"])).contains(twice));
    assert!(refused(builder().for_origins(["https://a.example"]).anywhere()).contains(twice));
    assert!(refused(builder().anywhere().connection_bound("https://a.example")).contains(twice));
    assert!(refused(builder().for_origins([""; 0])).contains("no origin"));
}

#[test]
fn a_policy_that_would_wedge_or_spin_is_refused_by_the_name_of_its_number() {
    let never = Duration::from_secs(101 * 365 * 24 * 3600);
    type Set = fn(&mut Policy, Duration);
    let wrong: [(&str, Set); 13] = [
        ("refresh_lead must be between", |policy, _| policy.refresh_lead = 1.1),
        ("hard_lead must be between", |policy, _| policy.hard_lead = -0.1),
        ("jitter must be between", |policy, _| policy.jitter = f64::NAN),
        ("attempts must be at least 1", |policy, _| policy.attempts = 0),
        ("lifetime_max must not be more", |policy, never| policy.lifetime_max = never),
        ("acquire_timeout must not be more", |policy, never| policy.acquire_timeout = Some(never)),
        ("hard_pause must not be more", |policy, never| policy.hard_pause = never),
        ("attempt_timeout must be more than zero", |policy, _| policy.attempt_timeout = Duration::ZERO),
        ("forced_interval must be more than zero", |policy, _| policy.forced_interval = Duration::ZERO),
        ("keep_transient must begin above zero", |policy, _| policy.keep_transient.first = Duration::ZERO),
        ("keep_permanent must begin above zero", |policy, _| policy.keep_permanent.max = Duration::from_millis(1)),
        ("forced_after_failure must begin", |policy, never| policy.forced_after_failure.max = never),
        ("forced_without_progress must begin", |policy, _| policy.forced_without_progress.first = Duration::ZERO),
    ];
    for (text, spoil) in wrong {
        let mut policy = Policy::default();
        spoil(&mut policy, never);
        let said = refused(builder().anywhere().policy(policy));
        assert!(said.contains(&format!("policy.{text}")), "{text}: {said}");
    }
    // Nothing of a token's life is left of it, and no pause: odd, and it works.
    let mut policy = Policy::default();
    (policy.refresh_lead, policy.jitter, policy.attempts, policy.attempt_pause) = (1.0, 0.0, 1, Duration::ZERO);
    builder().anywhere().policy(policy).build().unwrap();
}
