//~ cf-gears-toolkit-auth = "0.8"
//~ cf-gears-toolkit-http = "0.8"
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
use toolkit_auth::oauth2::{HttpClientBuilderExt, OAuthClientConfig, SecretString, TokenProvider};

#[tokio::main]
async fn main() {
    let config = OAuthClientConfig {
        token_endpoint: Some(std::env::args().nth(1).unwrap().parse().unwrap()),
        client_id: "id".into(),
        client_secret: SecretString::new("key"),
        ..Default::default()
    };
    let token = TokenProvider::new(config).unwrap();
    let client = toolkit_http::HttpClientBuilder::new().with_bearer_auth(token).build().unwrap();
    println!("{:?}", client.get("https://api.example.com").send().await.is_ok());
}
