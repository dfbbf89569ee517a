//~ aws-smithy-async = { version = "1", features = ["rt-tokio"] }
//~ aws-smithy-http-client = { version = "1", features = ["rustls-aws-lc"] }
//~ aws-smithy-runtime = { version = "1", features = ["client", "http-auth", "rt-tokio"] }
//~ aws-smithy-runtime-api = { version = "1", features = ["client", "http-auth"] }
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
use aws_smithy_http_client::{Builder, tls};

#[tokio::main]
async fn main() {
    let cache = aws_smithy_runtime::client::identity::IdentityCache::lazy().build();
    let tls = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
    let client = Builder::new().tls_provider(tls).build_https();
    std::hint::black_box((cache, client));
}
