//~ reqwest = { version = "0.13", features = ["json"] }
//~ tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    println!("{}", reqwest::get(url).await.unwrap().text().await.unwrap());
}
