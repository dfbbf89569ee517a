//! IVCAP from outside and from inside of a container, by the same code: outside with a token from `IVCAP_JWT`, page by page,
//! and although the links to the next page name another host the token never goes there; inside, where the platform injects
//! `IVCAP_BASE_URL`, without a credential, since a sidecar adds it.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;

use auth_emulator::{Emulator, systems};
use auth_reqwest::core::{Env, systems::Ivcap};
use auth_reqwest::{ApiError, clients::IvcapClient};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::start().await?;
    // A program takes `Env::process()`.
    let outside = [("IVCAP_URL", emulator.ivcap().url()), ("IVCAP_JWT", emulator.ivcap().token())];
    let inside = outside.clone().into_iter().chain([("IVCAP_BASE_URL", emulator.ivcap().base_url())]);

    let access = Ivcap::from_env(&Env::of(outside)).access()?;
    let names = services(&IvcapClient::new(&access)?).await?;
    println!("outside, with a token: {}", names.join(", "));
    assert_eq!((names.len(), names[4].as_str()), (systems::Ivcap::SERVICES, "service 5"));
    assert!(emulator.api_requests().iter().all(|request| request.header("authorization").is_some()));
    println!("  {} pages; requests to the host that the links name: {}", 3, emulator.other_requests().len());
    assert_eq!((emulator.api_request_count(), emulator.other_requests().len()), (3, 0));

    emulator.clear();
    let access = Ivcap::from_env(&Env::of(inside)).access()?;
    let names = services(&IvcapClient::new(&access)?).await?;
    println!("inside, with none: {}", names.join(", "));
    assert_eq!(names.len(), systems::Ivcap::SERVICES);
    assert!(emulator.requests().iter().all(|request| request.header("authorization").is_none()));
    print!("{}", access.explain());
    Ok(())
}

async fn services(client: &IvcapClient) -> Result<Vec<String>, ApiError> {
    let (mut pages, mut names) = (client.services().limit(2), Vec::new());
    while let Some(page) = pages.next().await? {
        names.extend(page.into_iter().filter_map(|service| service.name));
    }
    Ok(names)
}
