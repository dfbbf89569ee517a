//! A web page reads a record of Skyflow's vault, with a token that a broker hands it for its session; the key stays on the
//! server. A page of another origin, in the same browser and with the same cookies, gets nothing. Prints what both are told.
//!
//! Without arguments it walks the way of the pages' scripts itself. With `serve` it waits for a browser, until a line or the end
//! of stdin, then prints who asked the broker and how often the vault was asked: `just browser` opens it in Chromium.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

mod servers;

use std::error::Error;
use std::io;

use auth_emulator::{Emulator, systems::Skyflow as Vault};
use auth_tower::core::systems::Skyflow;
use auth_tower::{Broker, HyperTransport, Session};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

type Failure = Box<dyn Error + Send + Sync>;
type Browser = Client<HttpConnector, Empty<Bytes>>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    // The ports first: each has to know the origins of the others.
    let (app, foreign, tokens) =
        (servers::Port::open().await?, servers::Port::open().await?, servers::Port::open().await?);
    let emulator = Emulator::builder().with_allowed_origin(&app.origin).start().await?;

    // The broker has the key. A page's session is its own backend's business: it is asked each time.
    let skyflow = Skyflow::new().credentials(emulator.skyflow().credentials_json()).roles(["r1"]);
    let access = skyflow.vault_url(emulator.skyflow().vault_url()).access()?;
    let session = Session::forward_auth(&format!("{}/session", app.origin), HyperTransport::new())?;
    let broker = Broker::new(&access, access.authenticator(HyperTransport::new())?, session, [&app.origin])?;
    broker.warm_up().await?;

    let record = format!("{}/v1/vaults/{}/{}", emulator.skyflow().vault_url(), Vault::VAULT_ID, Vault::TABLE);
    let places = serde_json::json!({ "broker": format!("{}/token", tokens.origin), "record": record });
    let page = include_str!("page.html").replace("{{places}}", &places.to_string());
    let (page_at, foreign_at) = (app.origin.clone(), foreign.origin.clone());
    app.serve(servers::application(page.clone()));
    foreign.serve(servers::page(page));
    let asked = servers::Asked::default();
    let token_at = format!("{}/token", tokens.origin);
    tokens.serve(servers::tokens(broker, asked.clone()));

    if std::env::args().nth(1).as_deref() == Some("serve") {
        println!("page {page_at}\nforeign {foreign_at}");
        tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new())).await??;
    } else {
        let browser: Browser = Client::builder(TokioExecutor::new()).build_http();
        let cookie = sign_in(&browser, &page_at).await?;
        let (status, said) = ask(&browser, &token_at, &page_at, &cookie).await?;
        let token = said["accessToken"].as_str().ok_or("the page of the application gets a token")?;
        println!("the page of the application: {status}, a {} token for {} s", said["tokenType"], said["expiresIn"]);
        let request =
            Request::get(&record).header("authorization", format!("Bearer {token}")).header("origin", &page_at);
        let (_, records) = answered(&browser, request.body(Empty::new())?).await?;
        println!("with it the vault shows {}", records["records"][0]["fields"]);
        assert_eq!(records["records"][0]["fields"]["name"], "Ada Lovelace");

        let (status, said) = ask(&browser, &token_at, &foreign_at, &cookie).await?;
        println!("a page of another origin, with the same cookie: {status} {}", said["error"]);
        assert_eq!((status, said.get("accessToken")), (403, None));
        let (status, said) = ask(&browser, &token_at, &page_at, "session=of-nobody").await?;
        println!("the application's page without a session: {status} {}", said["error"]);
        assert_eq!(status, 401);
    }
    for line in asked.lines() {
        println!("asked {line}");
    }
    let (vault, keys) = (emulator.api_request_count(), emulator.token_request_count());
    println!("{vault} requests to the vault, {keys} with the key to the token endpoint");
    Ok(())
}

/// Opens the application's page, which sets the session's cookie.
async fn sign_in(browser: &Browser, page: &str) -> Result<String, Failure> {
    let response = browser.get(page.parse()?).await?;
    let cookie = response.headers().get("set-cookie").ok_or("the page sets a cookie")?.to_str()?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

/// What a browser sends for the script of a page of this origin.
async fn ask(browser: &Browser, url: &str, origin: &str, cookie: &str) -> Result<(u16, Value), Failure> {
    let request = Request::get(url).header("origin", origin).header("cookie", cookie);
    answered(browser, request.header("sec-fetch-mode", "cors").body(Empty::new())?).await
}

async fn answered(browser: &Browser, request: Request<Empty<Bytes>>) -> Result<(u16, Value), Failure> {
    let response = browser.request(request).await?;
    let status = response.status().as_u16();
    Ok((status, serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?))
}
