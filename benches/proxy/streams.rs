//! Memory while a large body passes.

use std::convert::Infallible;
use std::time::Instant;

use auth_benches::Error;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::Frame;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::contender::Authctl;
use crate::upstream::PART;

/// A body of so many MiB each way.
pub(crate) async fn measure(authctl: &Authctl, mib: usize) -> Result<String, Error> {
    let parts = mib * (1024 * 1024 / PART);
    let before = authctl.peak()?;
    let part = Bytes::from(vec![7; PART]);
    let frames = std::iter::repeat_n(part, parts).map(|part| Ok::<_, Infallible>(Frame::data(part)));
    let begun = Instant::now();
    let answer = send(authctl, "/upload", StreamBody::new(futures_util::stream::iter(frames)).boxed()).await?;
    let (up, uploaded) = (begun.elapsed(), answer.collect().await?.to_bytes());
    if uploaded != (parts * PART).to_string() {
        return Err("the upload did not get there whole".into());
    }
    let after_upload = authctl.peak()?;

    let begun = Instant::now();
    let (mut answer, mut read) = (send(authctl, &format!("/download/{parts}"), Empty::new().boxed()).await?, 0);
    while let Some(frame) = answer.frame().await {
        read += frame?.data_ref().map_or(0, Bytes::len);
    }
    let down = begun.elapsed();
    if read != parts * PART {
        return Err("the download did not get here whole".into());
    }
    let after_download = authctl.peak()?;
    let speed = |time: std::time::Duration| mib as f64 / time.as_secs_f64();
    Ok(format!(
        "| authctl proxy | peak memory, MiB | MiB/s |\n| --- | ---: | ---: |\n\
         | after the load above | {before:.1} | |\n\
         | and an upload of {mib} MiB | {after_upload:.1} | {:.0} |\n\
         | and a download of {mib} MiB | {after_download:.1} | {:.0} |\n",
        speed(up),
        speed(down)
    ))
}

async fn send(authctl: &Authctl, path: &str, body: BoxBody<Bytes, Infallible>) -> Result<hyper::body::Incoming, Error> {
    let stream = TcpStream::connect(&authctl.address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::post(path).header("host", &authctl.address).header("x-authctl-secret", &authctl.secret);
    let response = sender.send_request(request.body(body)?).await?;
    if response.status() != StatusCode::OK {
        return Err(format!("answered {}", response.status()).into());
    }
    Ok(response.into_body())
}
