//! An API that does nothing: small answers, large ones, and bodies that it reads and forgets.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use auth_benches::Error;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header::AUTHORIZATION};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// What requests must carry.
pub(crate) const TOKEN: &str = "a-token-of-some-length-as-they-are-0123456789";

const ANSWER: &str = r#"{"items":[{"id":1,"name":"first"},{"id":2,"name":"second"}],"next":null}"#;

pub(crate) const PART: usize = 64 * 1024;

/// Serves on a free port, which it prints, until it is killed.
pub(crate) async fn serve() -> Result<(), Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)));
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<BoxBody<Bytes, Infallible>>, Error> {
    let expected = format!("Bearer {TOKEN}");
    if request.headers().get(AUTHORIZATION).is_none_or(|value| value.as_bytes() != expected.as_bytes()) {
        let mut response = Response::new(Full::from("no token").boxed());
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(response);
    }
    let path = request.uri().path().to_owned();
    let body = match path.split('/').collect::<Vec<_>>()[..] {
        ["", "download", parts] => {
            let part = Bytes::from(vec![7; PART]);
            let parts = std::iter::repeat_n(part, parts.parse()?).map(|part| Ok(Frame::data(part)));
            StreamBody::new(futures_util::stream::iter(parts)).boxed()
        }
        ["", "upload"] => {
            let (mut body, mut read) = (request.into_body(), 0);
            while let Some(frame) = body.frame().await {
                read += frame?.data_ref().map_or(0, Bytes::len);
            }
            Full::from(read.to_string()).boxed()
        }
        _ => Full::from(ANSWER).boxed(),
    };
    Ok(Response::new(body))
}

/// The child; it ends when this is dropped.
pub(crate) struct Upstream {
    child: Child,
    pub(crate) address: String,
}

impl Upstream {
    pub(crate) fn start() -> Result<Self, Error> {
        let mut child = Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().ok_or("the upstream has no output")?).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().to_owned() })
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
