//! `Policy::expiry_margin`, which the engine takes off what is kept, too.

use super::*;

#[test]
fn a_kept_token_within_the_margin_is_replaced_and_does_not_hide_why_it_is_not() -> Result<(), Error> {
    let bench = Bench::new();
    let policy = crate::Policy { expiry_margin: seconds(30), ..crate::Policy::default() };
    let process = |source: fn() -> Result<Token, Error>| {
        let source = source_fn(move |_cx: FetchContext| async move { source() });
        bench.over_with(policy.clone(), bench.store(), me(), source)
    };
    assert_eq!(process(|| short_of("token-1")).token()?, "token-1");
    bench.clock.advance(seconds(12));
    let error = process(|| Err(Error::transient("the issuer is down").do_not_repeat())).token().unwrap_err();
    assert!(error.to_string().contains("the issuer is down"), "{error}");
    bench.clock.advance(seconds(6));
    assert_eq!(process(|| short_of("token-2")).token()?, "token-2");
    Ok(())
}

#[allow(clippy::unnecessary_wraps, reason = "it is a source's answer")]
fn short_of(token: &str) -> Result<Token, Error> {
    Ok(Token::bearer(token).expires_in(seconds(40)))
}
