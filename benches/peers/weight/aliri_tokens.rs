//~ aliri = { version = "0.6", default-features = false }
//~ aliri_clock = "0.1"
//~ aliri_tokens = "0.3"
//~ reqwest = { version = "0.12", default-features = false, features = ["rustls-tls"] }
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
use aliri::jwt::Audience;
use aliri_tokens::sources::oauth2::{ClientCredentialsTokenSource, dto};
use aliri_tokens::{ClientId, ClientSecret, TokenLifetimeConfig, TokenWatcher, backoff, jitter};

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap().parse().unwrap();
    let credentials =
        dto::ClientCredentials { client_id: ClientId::from_static("id"), client_secret: ClientSecret::from_static("key") };
    let credentials =
        dto::ClientCredentialsWithAudience { credentials: credentials.into(), audience: Audience::from_static("api") };
    let config = TokenLifetimeConfig::default();
    let source = ClientCredentialsTokenSource::new(reqwest::Client::new(), url, credentials, config);
    let jitter = jitter::RandomEarlyJitter::new(aliri_clock::DurationSecs(60));
    let watcher = TokenWatcher::spawn_from_token_source(source, jitter, backoff::ErrorBackoffConfig::default()).await;
    println!("{:?}", watcher.is_ok());
}
