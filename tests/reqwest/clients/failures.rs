//! What may happen to every one of them.

use std::time::Duration;

use auth_core::{Access, Endpoint};
use auth_emulator::{Answer, StatusCode, systems};
use auth_reqwest::clients::{CapeClient, IvcapClient, PodstackClient, SkyflowClient, WatsonxClient};
use auth_reqwest::{ApiClient, ApiError, ApiErrorKind};

use super::stage::Stage;
use crate::systems::five::{OfCape, OfIvcap, OfPodstack, OfSkyflow, OfWatsonx, System};

/// What a user of one of the systems calls.
trait Thin: System {
    async fn call(api: &ApiClient) -> Result<(), ApiError>;

    /// How often that is sent if it fails in a way that may pass.
    const TIMES: usize;
}

impl Thin for OfWatsonx {
    async fn call(api: &ApiClient) -> Result<(), ApiError> {
        let text = WatsonxClient::with_client(api.clone()).generate(systems::Watsonx::MODEL_ID, "hello");
        text.project_id(systems::Watsonx::PROJECT_ID).send().await.map(drop)
    }

    // It is paid for.
    const TIMES: usize = 1;
}

impl Thin for OfSkyflow {
    async fn call(api: &ApiClient) -> Result<(), ApiError> {
        let (vault, table) = (systems::Skyflow::VAULT_ID, systems::Skyflow::TABLE);
        SkyflowClient::with_client(api.clone()).get(vault, table).send().await.map(drop)
    }

    const TIMES: usize = 3;
}

impl Thin for OfIvcap {
    async fn call(api: &ApiClient) -> Result<(), ApiError> {
        IvcapClient::with_client(api.clone()).services().limit(50).all().await.map(drop)
    }

    const TIMES: usize = 3;
}

impl Thin for OfPodstack {
    async fn call(api: &ApiClient) -> Result<(), ApiError> {
        PodstackClient::with_client(api.clone()).projects().all().await.map(drop)
    }

    const TIMES: usize = 3;
}

impl Thin for OfCape {
    async fn call(api: &ApiClient) -> Result<(), ApiError> {
        CapeClient::with_client(api.clone()).tokens().await.map(drop)
    }

    const TIMES: usize = 3;
}

/// Runs a body for each of the systems.
macro_rules! over_five {
    ($($body:ident),+ $(,)?) => {
        $(#[tokio::test]
        async fn $body() {
            bodies::$body::<OfWatsonx>().await;
            bodies::$body::<OfSkyflow>().await;
            bodies::$body::<OfIvcap>().await;
            bodies::$body::<OfPodstack>().await;
            bodies::$body::<OfCape>().await;
        })+
    };
}

over_five!(
    a_good_credential_is_let_in,
    a_wrong_credential_is_an_error_that_names_its_place,
    a_403_is_permission_denied_and_fetches_no_token,
    too_many_requests_are_repeated_after_the_pause_that_the_system_asks_for,
    an_outage_is_the_servers_error_after_the_tries_that_are_allowed,
    nobody_there_is_a_network_error_that_shows_no_url,
);

mod bodies {
    use super::*;

    pub(super) async fn a_good_credential_is_let_in<S: Thin>() {
        let stage = Stage::of::<S>().await;
        S::call(&stage.api).await.unwrap();
        assert_eq!(stage.last().status(), Some(StatusCode::OK));
        stage.nothing_went_astray();
    }

    pub(super) async fn a_wrong_credential_is_an_error_that_names_its_place<S: Thin>() {
        let stage = Stage::with(S::wrong).await;
        let error = S::call(&stage.api).await.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Authentication, "{error}");
        let text = error.to_string();
        assert!(text.contains(S::PLACE) && text.len() < 300 && !error.is_transient(), "{text}");
        let (fetched, sent) = stage.counts();
        assert_eq!(fetched + sent, 1, "exchanged once, or sent once: the answer would be the same");
    }

    pub(super) async fn a_403_is_permission_denied_and_fetches_no_token<S: Thin>() {
        let stage = Stage::of::<S>().await;
        S::call(&stage.api).await.unwrap();
        let before = stage.counts();
        stage.emulator.api_faults().once(Answer::new(StatusCode::FORBIDDEN));
        let error = S::call(&stage.api).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ApiErrorKind::PermissionDenied, Some(StatusCode::FORBIDDEN)));
        assert!(error.to_string().contains(S::PLACE), "{error}");
        assert_eq!(stage.counts(), (before.0, before.1 + 1));
    }

    pub(super) async fn too_many_requests_are_repeated_after_the_pause_that_the_system_asks_for<S: Thin>() {
        let stage = Stage::of::<S>().await;
        S::call(&stage.api).await.unwrap();
        stage.emulator.clear();
        stage.emulator.api_faults().once(Answer::new(StatusCode::TOO_MANY_REQUESTS).with_retry_after(3));
        if S::TIMES > 1 {
            stage.clock.pass();
            S::call(&stage.api).await.unwrap();
            assert_eq!(stage.clock.pauses(), [Duration::from_secs(3)]);
            assert_eq!(stage.counts(), (0, 2), "each with the same token");
        } else {
            let error = S::call(&stage.api).await.unwrap_err();
            assert_eq!((error.kind(), error.retry_after()), (ApiErrorKind::RateLimit, Some(Duration::from_secs(3))));
            assert_eq!(stage.counts(), (0, 1));
        }
    }

    pub(super) async fn an_outage_is_the_servers_error_after_the_tries_that_are_allowed<S: Thin>() {
        let stage = Stage::of::<S>().await;
        S::call(&stage.api).await.unwrap();
        stage.emulator.clear();
        // Longer than anybody waits, so that only the tries without that header are repeated.
        let down = Answer::new(StatusCode::SERVICE_UNAVAILABLE);
        (1..S::TIMES).for_each(|_| stage.emulator.api_faults().once(down.clone().with_retry_after(1)));
        stage.emulator.api_faults().always(down.with_retry_after(61));
        stage.clock.pass();
        let error = S::call(&stage.api).await.unwrap_err();
        let pauses = stage.clock.pauses();
        assert_eq!(error.kind(), ApiErrorKind::Server);
        assert!(error.is_transient() && error.retry_after() == Some(Duration::from_secs(61)), "{error:?}");
        assert_eq!(stage.counts(), (0, S::TIMES));
        assert_eq!(pauses.iter().filter(|pause| **pause == Duration::from_secs(1)).count(), S::TIMES - 1, "{pauses:?}");

        stage.emulator.clear_faults();
        S::call(&stage.api).await.unwrap();
    }

    pub(super) async fn nobody_there_is_a_network_error_that_shows_no_url<S: Thin>() {
        let stage = Stage::of::<S>().await;
        S::call(&stage.api).await.unwrap();
        let Stage { emulator, clock, api, .. } = stage;
        drop(emulator);
        clock.pass();
        let error = S::call(&api).await.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Network);
        let text = error.to_string();
        assert!(text.contains("could not be reached") && !text.contains("http://"), "{text}");
        assert_eq!(clock.pauses().len(), S::TIMES - 1);
    }
}

#[tokio::test]
async fn an_issuer_that_is_down_is_no_token_and_nothing_is_sent() {
    let down = || Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(120);
    for access in [OfWatsonx::access, OfSkyflow::access] {
        let stage = Stage::with(access).await;
        stage.emulator.token_faults().always(down());
        let error = stage.api.get("/anything").send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.retry_after()),
            (ApiErrorKind::TokenUnavailable, Some(Duration::from_secs(120)))
        );
        assert_eq!(stage.counts(), (1, 0));
    }
}

#[tokio::test]
async fn a_system_that_does_not_say_who_one_is_is_not_asked() {
    let stage = Stage::of::<OfCape>().await;
    let error = stage.api.whoami().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Config);
    assert!(error.to_string().starts_with("cape has no path"), "{error}");
    assert_eq!(stage.counts(), (0, 0));
}

#[tokio::test]
async fn a_request_to_another_host_is_not_sent() {
    let stage = Stage::with(|emulator| {
        let endpoint = Endpoint::parse(&emulator.podstack().endpoint()).unwrap();
        Access::new("podstack", auth_core::sources::StaticToken::new(emulator.podstack().token()).unwrap(), endpoint)
    })
    .await;
    let error = stage.api.get(format!("{}/projects", stage.emulator.other_origin())).send().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Config);
    assert!(stage.emulator.requests().is_empty());
}
