//~ k8s-openapi = { version = "0.29", features = ["latest"] }
//~ kube-client = { version = "5", default-features = false, features = ["client", "ring", "rustls-tls"] }
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
#[tokio::main]
async fn main() {
    println!("{:?}", kube_client::Client::try_default().await.is_ok());
}
