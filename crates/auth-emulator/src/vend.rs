//! The answer to a token request that earned a token, with whatever flaw is due.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};

use crate::{
    Flaw,
    issuer::{IssuedToken, Order, rounded_up},
    shared::Shared,
};

/// Issues the token and has `write` put it into words; the seconds it is given are what is left of the token's life.
pub(crate) fn vend<const N: usize>(
    shared: &Shared,
    order: Order,
    write: impl FnOnce(&IssuedToken, u64) -> [(&'static str, Value); N],
) -> Response {
    let now = shared.now();
    let flaw = shared.token_flaws.take();
    let repeated = flaw.as_ref().is_some_and(Flaw::repeats_token).then(|| shared.issuer.last(order.realm)).flatten();
    let token = repeated.unwrap_or_else(|| shared.issuer.issue(order, now));
    let left = token.expiration.saturating_sub(rounded_up(now));
    let mut answer = Map::from_iter(write(&token, left).map(|(name, value)| (name.to_owned(), value)));
    answer.retain(|_, value| !value.is_null());
    if let Some(flaw) = flaw {
        flaw.spoil(&mut answer);
    }
    Json(answer).into_response()
}
