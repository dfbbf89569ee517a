//~ auth-reqwest = { path = "{crates}/auth-reqwest" }
//~ reqwest = "0.13"
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread", "time"] }
use auth_reqwest::core::{Authenticator, exchange::TokenEndpoint, sources::ApiKey};

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    let source = ApiKey::new(TokenEndpoint::parse(&url).unwrap(), "key").unwrap();
    let auth = Authenticator::builder(source).for_origins(["https://api.example.com"]);
    let client = auth_reqwest::api_client().build().unwrap();
    let auth = auth.transport(auth_reqwest::ReqwestTransport::new().unwrap()).build().unwrap();
    println!("{:?}", auth.warm_up().await);
    std::hint::black_box(&client);
}
