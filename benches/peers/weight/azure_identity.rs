//~ azure_core = "1"
//~ azure_identity = "1"
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
use azure_core::credentials::{Secret, TokenCredential};

#[tokio::main]
async fn main() {
    let secret = Secret::new(std::env::args().nth(1).unwrap());
    let credential = azure_identity::ClientSecretCredential::new("tenant", "id".into(), secret, None).unwrap();
    println!("{:?}", credential.get_token(&["scope"], None).await.is_ok());
}
