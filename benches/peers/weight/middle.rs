//~ middle = "0.5"
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap().parse().unwrap();
    let authorizer = middle::BasicClientCredentialAuthorizer::basic_builder("id", "key", url).build().await.unwrap();
    println!("{:?}", middle::HttpClient::new(authorizer).get("https://api.example.com").unwrap().send().await.is_ok());
}
