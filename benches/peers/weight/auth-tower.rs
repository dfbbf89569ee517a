//~ auth-tower = { path = "{crates}/auth-tower", features = ["hyper"] }
//~ hyper-rustls = { version = "0.27", default-features = false, features = ["http1", "native-tokio", "ring"] }
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread", "time"] }
use auth_tower::core::{Authenticator, exchange::TokenEndpoint, sources::ApiKey};

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    let connector = hyper_rustls::HttpsConnectorBuilder::new().with_native_roots().unwrap().https_only().enable_http1();
    let transport = auth_tower::HyperTransport::with_connector(connector.build());
    let source = ApiKey::new(TokenEndpoint::parse(&url).unwrap(), "key").unwrap();
    let auth = Authenticator::builder(source).for_origins(["https://api.example.com"]).transport(transport);
    println!("{:?}", auth.build().unwrap().warm_up().await);
}
