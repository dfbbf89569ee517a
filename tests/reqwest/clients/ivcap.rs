//! IVCAP: services, outside and inside of a container.

use auth_core::Env;
use auth_core::systems::Ivcap;
use auth_emulator::{Answer, StatusCode, systems};
use auth_reqwest::clients::{IvcapClient, Service};
use auth_reqwest::{ApiErrorKind, Paging, path};

use super::stage::Stage;
use crate::systems::five::OfIvcap;

#[tokio::test]
async fn services_are_listed_to_the_end_though_every_link_leads_elsewhere() {
    let stage = Stage::of::<OfIvcap>().await;
    let services = IvcapClient::with_client(stage.api.clone()).services().limit(2).all().await.unwrap();
    let ids: Vec<_> = services.iter().map(|service| service.id.as_str()).collect();
    assert_eq!(ids, (1..=5).map(|n| format!("urn:ivcap:service:{n}")).collect::<Vec<_>>());
    assert_eq!(services[0].account.as_deref(), Some(systems::Ivcap::ACCOUNT_ID));
    assert_eq!(stage.counts().1, 3);
    stage.nothing_went_astray();
}

#[tokio::test]
async fn whoever_would_follow_the_links_is_told_that_they_lead_elsewhere_and_nothing_is_sent_there() {
    let stage = Stage::of::<OfIvcap>().await;
    let paging = Paging::links("/links").items_at(["/items"]);
    let error = stage.api.pages::<Service>("/1/services2", paging).query("limit", 2).all().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Decode);
    assert!(error.to_string().contains("another origin"), "{error}");
    assert_eq!(stage.counts().1, 1);
    stage.nothing_went_astray();
}

#[tokio::test]
async fn in_a_container_all_pages_are_read_without_a_credential() {
    let stage = Stage::with(|emulator| {
        let (inside, outside, token) = (emulator.ivcap().base_url(), emulator.ivcap().url(), emulator.ivcap().token());
        let env = [("IVCAP_BASE_URL", inside), ("IVCAP_URL", outside), ("IVCAP_JWT", token)];
        Ivcap::from_env(&Env::of(env)).access().unwrap()
    })
    .await;
    let client = IvcapClient::with_client(stage.api.clone());
    assert_eq!(client.services().limit(2).all().await.unwrap().len(), systems::Ivcap::SERVICES);
    let requests = stage.emulator.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.header("authorization").is_none() && request.note().is_none()));

    // No token of ours is at fault.
    stage.emulator.api_faults().once(Answer::new(StatusCode::UNAUTHORIZED));
    let error = client.services().limit(2).all().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Authentication);
    assert!(error.to_string().contains("the platform") && !error.to_string().contains("IVCAP_JWT"), "{error}");
}

#[tokio::test]
async fn each_mistake_has_its_kind_and_the_systems_words() {
    let stage = Stage::of::<OfIvcap>().await;
    let service = |id: &str| stage.api.get(path(["1", "services2", id]).unwrap());
    let error = service(systems::Ivcap::FORBIDDEN_SERVICE).send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ApiErrorKind::PermissionDenied, Some("account may not read this service"))
    );
    let error = service("urn:ivcap:service:99").send().await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ApiErrorKind::NotFound, Some("no such service")));
    let error = IvcapClient::with_client(stage.api.clone()).services().limit(51).all().await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ApiErrorKind::Validation, Some("limit is not 1 to 50")));
    let found: serde_json::Value = service("urn:ivcap:service:3").send().await.unwrap().json().await.unwrap();
    assert_eq!(found["name"], "service 3");
}
