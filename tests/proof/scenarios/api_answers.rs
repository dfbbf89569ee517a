//! The API refuses a token that is good, or was.

use auth_core::sources::StaticToken;
use auth_core::{Authenticator, Token, source_fn};
use auth_emulator::{ClosedPort, Fault, Gate, Origin, StatusCode};
use futures_util::future::{join, join_all};
use http::HeaderName;

use super::api_key_at;
use crate::front::Front;
use crate::scene::{Scene, Seen, emulator};

super::scenarios! {
    "api/401-old-tokens": revoked,
    "api/401-late": late,
    "api/401-behind-a-redirect": behind_a_redirect,
    "api/401-static-token": static_token,
    "api/redirects-with-x-api-key": with_x_api_key,
    "api/refused": refused,
}

/// A hundred at once, with a token that was just revoked.
async fn revoked<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.emulator.revoke_all();
    join_all((0..100).map(|n| scene.post(format!("order {n}")))).await;
    scene.seen()
}

/// A hundred are under way with the first token when it is revoked. Their 401s come when the second is there already.
async fn late<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    let gate = Gate::new();
    (0..100).for_each(|_| scene.emulator.api_faults().once(Fault::Hold(gate.clone())));
    join(join_all((0..100).map(|n| scene.post(format!("order {n}")))), async {
        scene.emulator.wait_for_api_requests(101).await;
        scene.emulator.revoke_all();
        scene.get().await;
        gate.open();
    })
    .await;
    scene.seen()
}

async fn behind_a_redirect<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.emulator.revoke_all();
    let here = Fault::Redirect { status: StatusCode::TEMPORARY_REDIRECT, to: Origin::Main };
    scene.emulator.api_faults().once(here);
    scene.post("an order").await;
    scene.seen()
}

/// There is no other token to be had.
async fn static_token<F: Front>() -> Seen {
    let scene =
        Scene::<F>::with(|emulator| Authenticator::builder(StaticToken::new(emulator.issue_token()).unwrap())).await;
    scene.get().await;
    scene.emulator.revoke_all();
    join_all((0..10).map(|n| scene.post(format!("order {n}")))).await;
    scene.seen()
}

/// To another origin, in every way: HTTP clients drop `authorization` there, and know nothing of this header.
async fn with_x_api_key<F: Front>() -> Seen {
    let scene = Scene::<F>::with(|emulator| {
        let token = emulator.issue_token();
        let name = HeaderName::from_static("x-api-key");
        // That it is a secret is known: it is among those that the emulator issued.
        Authenticator::builder(source_fn(move |_cx| {
            let token = Token::in_header(name.clone(), token.clone());
            async { Ok(token) }
        }))
    })
    .await;
    for status in [301, 302, 303, 307, 308] {
        let status = StatusCode::from_u16(status).unwrap();
        scene.emulator.api_faults().once(Fault::Redirect { status, to: Origin::Other });
        scene.post("an order").await;
    }
    scene.seen()
}

async fn refused<F: Front>() -> Seen {
    let nobody = ClosedPort::new().unwrap();
    let (emulator, clock) = emulator().await;
    let origin = format!("http://{}", nobody.address());
    let builder = api_key_at(&emulator.token_url()).for_origins([&origin]).transport(F::transport());
    let scene = Scene::<F>::made(emulator, clock, builder, format!("{origin}/api"), F::client);
    scene.post("an order").await;
    scene.post("an order").await;
    scene.seen()
}
