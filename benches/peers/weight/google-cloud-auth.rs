//~ google-cloud-auth = "1"
//~ http = "1"
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
#[tokio::main]
async fn main() {
    let credentials = google_cloud_auth::credentials::Builder::default().build().unwrap();
    println!("{:?}", credentials.headers(http::Extensions::new()).await.is_ok());
}
