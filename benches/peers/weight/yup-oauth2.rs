//~ yup-oauth2 = "12"
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
#[tokio::main]
async fn main() {
    let key = yup_oauth2::read_service_account_key(std::env::args().nth(1).unwrap()).await.unwrap();
    let account = yup_oauth2::ServiceAccountAuthenticator::builder(key).build().await.unwrap();
    println!("{:?}", account.token(&["scope"]).await.is_ok());
}
