//~ gcp_auth = "0.12"
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
#[tokio::main]
async fn main() {
    println!("{:?}", gcp_auth::provider().await.unwrap().token(&["scope"]).await.is_ok());
}
