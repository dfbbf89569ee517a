//~ aws-smithy-async = { version = "1", features = ["rt-tokio"] }
//~ aws-smithy-runtime = { version = "1", features = ["client", "default-https-client", "http-auth", "rt-tokio"] }
//~ aws-smithy-runtime-api = { version = "1", features = ["client", "http-auth"] }
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
#[tokio::main]
async fn main() {
    let cache = aws_smithy_runtime::client::identity::IdentityCache::lazy().build();
    let client = aws_smithy_runtime::client::http::default_https_client(Default::default());
    std::hint::black_box((cache, client));
}
