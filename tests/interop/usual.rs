//! What every flow goes through: a herd without a token, the server's own word on the token, its revocation, and a herd again; and
//! each of its twins, which is refused and gets nowhere.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::{Authenticator, Credential, ErrorKind, TokenSource};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use crate::certificates::Trust;
use crate::clock::Clock;
use crate::flow::{At, Counter, Failure, Fine, Flow, Wrong};
use crate::front::{Failed, Reply};
use crate::plant::Plant;
use crate::registered::WithSecret;
use crate::transport::{Change, Road};

/// Requests at once.
pub(crate) const CALLERS: usize = 8;

/// How far the server's end of a token and ours may be apart: each is cut to whole seconds, and the answer took its time.
const APART: Duration = Duration::from_secs(3);

pub(crate) async fn pass<F: Flow + ?Sized>(flow: &F, at: At<'_>) -> Result<Fine, Failure> {
    let place = at.place;
    let mut road = road(at, &place.trust);
    if let Some(client) = flow.basic(place).filter(|_| place.has(Plant::Unencoded)) {
        road.change = Change::Basic(not_encoded(client));
    }
    let source = flow.source(place, place.endpoint(), None).map_err(|error| Failure::broken(error.to_string()))?;
    let auth = authenticator(at, Arc::clone(&source), &road);
    place.api.seen();
    let before = place.token_requests().await;
    if place.has(Plant::Wasteful) {
        authenticator(at, source, &road).warm_up().await.map_err(|error| Failure::broken(error.to_string()))?;
    }

    let herd = herd(at, &auth).await?;
    if herd.iter().any(|reply| reply.replayed) {
        return Err(Failure::broken("a fresh token was answered 401"));
    }
    let first = active(flow, at, &auth).await?;
    if flow.revocation_ends_more(place.kind) {
        place.server.end(&first).await;
    } else {
        place.observer.revoke(&first).await;
    }
    if place.observer.active(&first).await.is_some() {
        return Err(Failure::broken("the token is active after its end"));
    }
    place.api.seen();

    let herd = self::herd(at, &auth).await?;
    let seen = place.api.seen();
    if seen.accepted.contains(&first) {
        return Err(Failure(Counter::LetIn, "a revoked token was accepted".to_owned()));
    }
    let second = active(flow, at, &auth).await?;
    if seen.refused.iter().any(|token| *token != first) || seen.accepted.iter().any(|token| *token != second) {
        return Err(Failure::broken("the API saw a third token"));
    }
    if !herd.iter().any(|reply| reply.replayed) {
        return Err(Failure::broken("no request says that it was sent twice"));
    }
    let asked = place.token_requests().await - before;
    let extra = asked.checked_sub(2 * flow.cost()).ok_or_else(|| Failure::broken("tokens came from nowhere"))?;
    Ok(Fine { extra, ..Fine::default() })
}

pub(crate) async fn refuse<F: Flow + ?Sized>(flow: &F, at: At<'_>, wrong: Wrong) -> Result<Fine, Failure> {
    let place = at.place;
    let trust = if wrong == Wrong::UnknownAuthority { &place.world.stranger } else { &place.trust };
    let mut road = road(at, trust);
    let endpoint = if wrong == Wrong::HostName { place.endpoint_by_address() } else { place.endpoint() };
    match (wrong, flow.basic(place)) {
        (Wrong::Encoding, Some(client)) => road.change = Change::Basic(not_encoded(client)),
        (Wrong::Replayed, _) => {
            let right = flow.source(place, endpoint.clone(), None).and_then(|source| {
                Authenticator::builder(source).for_origins([&place.api_origin]).transport(road.clone()).build()
            });
            let right = right.map_err(|error| Failure::broken(error.to_string()))?;
            right.warm_up().await.map_err(|error| Failure::broken(error.to_string()))?;
            road.change = Change::Repeat(Box::new(road.last().unwrap()));
        }
        _ => {}
    }
    let source = flow.source(place, endpoint, Some(wrong)).map_err(|error| Failure::broken(error.to_string()))?;
    let builder = Authenticator::builder(source).for_origins([&place.api_origin]).transport(road);
    let clock = if wrong == Wrong::Expired { Clock::AN_HOUR_BEHIND } else { Clock::RIGHT };
    refused(at, builder.runtime(clock).build().unwrap(), flow.cost_of(wrong), wrong).await
}

/// Sees a request end with an error of ours, and nothing arrive at the API.
pub(crate) async fn refused(at: At<'_>, auth: Authenticator, cost: usize, wrong: Wrong) -> Result<Fine, Failure> {
    let place = at.place;
    let before = place.token_requests().await;
    place.api.seen();
    let client = at.front.client(auth, &place.trust);
    let error = match client.get(&format!("{}/items", place.api_origin)).await {
        Err(Failed::Auth(error)) => error,
        Err(Failed::Client(reason)) => return Err(Failure::broken(reason)),
        Ok(reply) => return Err(Failure(Counter::LetIn, format!("the answer is {}", reply.status))),
    };
    if !place.api.seen().accepted.is_empty() {
        return Err(Failure(Counter::LetIn, "the API was reached".to_owned()));
    }
    let asked = place.token_requests().await - before;
    let shown = format!("{error}\n{error:?}\n{error:#?}\n");
    let expected = match error.kind() {
        ErrorKind::Transient => wrong.is_of_tls() && error.to_string().contains("TLS failed"),
        ErrorKind::Rejected | ErrorKind::InteractionRequired => !wrong.is_of_tls() && error.code().is_some(),
        _ => false,
    };
    if !expected {
        return Err(Failure::broken(format!("refused in other words: {:?} {error}", error.kind())));
    }
    if wrong.is_of_tls() && asked > 0 {
        return Err(Failure(Counter::LetIn, "a server that is not trusted got the credential".to_owned()));
    }
    let extra = asked.checked_sub(cost).ok_or_else(|| Failure::broken("the server was not asked"))?;
    let said = match (error.status(), error.code()) {
        (Some(status), Some(code)) => format!("{status} {code}: {:?}", error.kind()),
        _ => format!("no connection: {:?}", error.kind()),
    };
    Ok(Fine { extra, said, shown })
}

pub(crate) fn road(at: At<'_>, trust: &Trust) -> Road {
    Road::new(at.front.transport(trust), &at.place.world.canaries)
}

pub(crate) fn authenticator(at: At<'_>, source: Arc<dyn TokenSource>, road: &Road) -> Authenticator {
    Authenticator::builder(source).for_origins([&at.place.api_origin]).transport(road.clone()).build().unwrap()
}

/// Many at once. Each gets its answer, and it is good.
pub(crate) async fn herd(at: At<'_>, auth: &Authenticator) -> Result<Vec<Reply>, Failure> {
    let mut url = format!("{}/items", at.place.api_origin);
    if at.place.has(Plant::Talkative) {
        let token = auth.token(Duration::ZERO).await.map_err(|error| Failure::broken(error.to_string()))?;
        url = format!("{url}?token={}", token.secret().unwrap().expose());
        tracing::trace!(url, "asking");
        at.place.observer.visit(&url.replace(&at.place.api_origin, at.place.issuer())).await;
    }
    let client = at.front.client(auth.clone(), &at.place.trust);
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (client, url) = (client.clone(), url.clone());
            tokio::spawn(async move { client.get(&url).await })
        })
        .collect();
    let mut replies = Vec::new();
    for caller in callers {
        let reply = caller.await.map_err(|error| Failure(Counter::Lost, error.to_string()))?;
        let reply = reply.map_err(|failed| Failure(Counter::Lost, format!("{failed:?}")))?;
        if reply.status != StatusCode::OK {
            return Err(Failure(
                Counter::Lost,
                format!("a request with a good credential was answered {}", reply.status),
            ));
        }
        replies.push(reply);
    }
    Ok(replies)
}

/// The token that is held, which the server calls active, and says the same of as we do.
pub(crate) async fn active<F: Flow + ?Sized>(flow: &F, at: At<'_>, auth: &Authenticator) -> Result<String, Failure> {
    let credential = auth.token(Duration::ZERO).await.map_err(|error| Failure::broken(error.to_string()))?;
    let token = credential.secret().unwrap().expose().to_owned();
    let Some(said) = at.place.observer.active(&token).await else {
        return Err(Failure::broken("the server does not call the token active"));
    };
    if said["client_id"] != flow.owner(at.place) {
        return Err(Failure(Counter::LetIn, format!("the token is {}'s", said["client_id"])));
    }
    match (said["exp"].as_u64(), expires_at(&credential)) {
        (Some(theirs), Some(ours)) if theirs.abs_diff(ours) <= APART.as_secs() => Ok(token),
        (theirs, ours) => Err(Failure::broken(format!("the token ends at {theirs:?}, and we say {ours:?}"))),
    }
}

fn expires_at(credential: &Credential) -> Option<u64> {
    let end = credential.expires_at()?.duration_since(SystemTime::UNIX_EPOCH);
    end.ok().map(|end| end.as_secs())
}

fn not_encoded(client: &WithSecret) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", client.id, client.secret)))
}
