//! The layer inside `FollowRedirect`, where it belongs, over sockets.

use auth_core::Outcome;
use auth_core::adapter::{Sent, Without};
use auth_emulator::{Fault, Origin, StatusCode};
use auth_tower::AuthLayer;
use tower::ServiceBuilder;
use tower_http::follow_redirect::FollowRedirectLayer;

use super::fixture::{Stage, send};
use crate::rig::hyper;

#[tokio::test]
async fn a_redirect_to_the_other_origin_takes_no_secret_along() {
    let stage = Stage::new().await;
    let mut client = ServiceBuilder::new()
        .layer(FollowRedirectLayer::new())
        .layer(AuthLayer::new(stage.auth.clone()))
        .service(hyper());
    for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT] {
        stage.emulator.api_faults().once(Fault::Redirect { status, to: Origin::Other });
        let response = send(&mut client, stage.get()).await.unwrap();
        let outcome = response.extensions().get::<Outcome>().unwrap();
        assert_eq!(outcome.sent(), Sent::Without(Without::OtherOrigin));
    }
    let token = &stage.emulator.issued_tokens()[0];
    let strays = stage.emulator.other_requests();
    assert_eq!(strays.len(), 2);
    assert!(strays.iter().all(|request| !request.carries(token) && request.header("authorization").is_none()));
}

#[tokio::test]
async fn a_redirect_on_the_same_origin_keeps_the_token() {
    let stage = Stage::new().await;
    let mut client = ServiceBuilder::new()
        .layer(FollowRedirectLayer::new())
        .layer(AuthLayer::new(stage.auth.clone()))
        .service(hyper());
    stage.emulator.api_faults().once(Fault::Redirect { status: StatusCode::FOUND, to: Origin::Main });
    assert_eq!(send(&mut client, stage.get()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(stage.authorizations(), [stage.bearer(0), stage.bearer(0)]);
}
