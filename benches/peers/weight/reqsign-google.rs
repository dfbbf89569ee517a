//~ reqsign-core = "3"
//~ reqsign-google = "3"
//~ reqsign-http-send-reqwest = "4"
//~ http = "1"
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
use reqsign_core::{Context, Signer};
use reqsign_google::{DefaultCredentialProvider, RequestSigner};

#[tokio::main]
async fn main() {
    let context = Context::new().with_http_send(reqsign_http_send_reqwest::ReqwestHttpSend::default());
    let signer = Signer::new(context, DefaultCredentialProvider::new(), RequestSigner::new("storage"));
    let (mut head, ()) = http::Request::new(()).into_parts();
    println!("{:?}", signer.sign(&mut head, None).await.is_ok());
}
