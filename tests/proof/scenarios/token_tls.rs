//! The token endpoint's certificate is no good, or what it says leads out of TLS.

use auth_emulator::{Fault, Origin, StatusCode};

use super::api_key_at;
use crate::front::Front;
use crate::scene::{Scene, Seen, emulator};
use crate::tls::{Certificate, Issuer};

super::scenarios! {
    "token/tls-good": good,
    "token/tls-another-name": another_name,
    "token/tls-expired": expired,
    "token/tls-unknown-issuer": unknown_issuer,
    "token/tls-plain-port": plain_port,
    "token/tls-redirect-to-plain": redirect_to_plain,
}

async fn good<F: Front>() -> Seen {
    let issuer = Issuer::new();
    get_with::<F>(&issuer, &issuer, Certificate::Good, None).await
}

async fn another_name<F: Front>() -> Seen {
    let issuer = Issuer::new();
    get_with::<F>(&issuer, &issuer, Certificate::OfAnotherName, None).await
}

async fn expired<F: Front>() -> Seen {
    let issuer = Issuer::new();
    get_with::<F>(&issuer, &issuer, Certificate::Expired, None).await
}

async fn unknown_issuer<F: Front>() -> Seen {
    get_with::<F>(&Issuer::new(), &Issuer::new(), Certificate::Good, None).await
}

async fn redirect_to_plain<F: Front>() -> Seen {
    let issuer = Issuer::new();
    let elsewhere = Fault::Redirect { status: StatusCode::TEMPORARY_REDIRECT, to: Origin::Other };
    get_with::<F>(&issuer, &issuer, Certificate::Good, Some(elsewhere)).await
}

/// With a token from behind TLS.
async fn get_with<F: Front>(trusted: &Issuer, used: &Issuer, certificate: Certificate, fault: Option<Fault>) -> Seen {
    let Some(transport) = F::tls_transport(&trusted.certificate()) else { return Seen::left_out("no feature tls") };
    let (emulator, clock) = emulator().await;
    let address = emulator.url().strip_prefix("http://").unwrap().parse().unwrap();
    let tls = used.serve(certificate, address).await;
    let builder = api_key_at(&format!("{}/identity/token", tls.url)).transport(transport).for_origins([emulator.url()]);
    if let Some(fault) = fault {
        emulator.token_faults().always(fault);
    }
    let api = emulator.api_url();
    let scene = Scene::<F>::made(emulator, clock, builder, api, F::client);
    scene.get().await;
    scene.seen()
}

/// The client says hello in TLS to a port that speaks HTTP.
async fn plain_port<F: Front>() -> Seen {
    let Some(transport) = F::tls_transport(&Issuer::new().certificate()) else {
        return Seen::left_out("no feature tls");
    };
    let (emulator, clock) = emulator().await;
    let https = emulator.token_url().replace("http://", "https://");
    let builder = api_key_at(&https).transport(transport).for_origins([emulator.url()]);
    let api = emulator.api_url();
    let scene = Scene::<F>::made(emulator, clock, builder, api, F::client);
    scene.get().await;
    scene.seen()
}
