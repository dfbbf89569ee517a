//! A wrong credential, and a right one that is not enough.

use auth_core::{ErrorKind, Outcome};
use auth_emulator::{Answer, StatusCode};

use super::five::{OfCape, OfIvcap, OfPodstack, OfSkyflow, OfWatsonx, Play, System};
use crate::rig::{Adapter, over_all};

over_all!(
    a_wrong_credential_that_is_exchanged_is_refused_by_name_and_nothing_is_sent,
    a_wrong_token_is_answered_401_once,
    a_403_is_the_callers_and_fetches_nothing,
);

async fn a_wrong_credential_that_is_exchanged_is_refused_by_name_and_nothing_is_sent<A: Adapter>() {
    exchanged::<OfWatsonx, A>().await;
    exchanged::<OfSkyflow, A>().await;
}

async fn exchanged<S: System, A: Adapter>() {
    let play = Play::with::<A>(S::wrong).await;
    let error = play.client.refused(play.request(S::usual())).await;
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
    assert!(error.to_string().contains(S::PLACE), "{error}");
    assert_eq!(play.counts(), (1, 0), "one try: the answer would be the same");
}

async fn a_wrong_token_is_answered_401_once<A: Adapter>() {
    given::<OfPodstack, A>().await;
    given::<OfIvcap, A>().await;
    given::<OfCape, A>().await;
}

async fn given<S: System, A: Adapter>() {
    let play = Play::with::<A>(S::wrong).await;
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(play.emulator.api_request_count(), 1);
    let outcome = response.extensions().get::<Outcome>().unwrap();
    assert!(outcome.is_rejected() && !outcome.is_replayed());
    assert_eq!(play.access.credential().unwrap().to_string(), S::PLACE);
}

async fn a_403_is_the_callers_and_fetches_nothing<A: Adapter>() {
    forbidden::<OfWatsonx, A>().await;
    forbidden::<OfSkyflow, A>().await;
    forbidden::<OfPodstack, A>().await;
    forbidden::<OfIvcap, A>().await;
    forbidden::<OfCape, A>().await;
}

async fn forbidden<S: System, A: Adapter>() {
    let play = Play::of::<S, A>().await;
    play.auth.warm_up().await.unwrap();
    let fetched = play.emulator.token_request_count();
    play.emulator.api_faults().once(Answer::new(StatusCode::FORBIDDEN));
    let response = play.client.send(play.request(S::usual())).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(play.counts(), (fetched, 1));
}
