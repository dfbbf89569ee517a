//~ http = "1"
//~ tower = { version = "0.5", features = ["util"] }
//~ tower-http = { version = "0.7", features = ["auth"] }
use tower::{Layer, service_fn};

fn main() {
    let token = std::env::args().nth(1).unwrap();
    let api = service_fn(async |request: http::Request<()>| Ok::<_, std::io::Error>(request.headers().len()));
    let service = tower_http::auth::AddAuthorizationLayer::bearer(&token).layer(api);
    std::hint::black_box(&service);
}
