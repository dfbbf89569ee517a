//! Requests a second, and how long one takes.

use std::fmt::Write;
use std::time::{Duration, Instant};

use auth_benches::Error;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::contender::{Authctl, Nginx};
use crate::upstream::{TOKEN, Upstream};

/// Callers, each with a connection of its own, each with one request at a time.
const CALLERS: usize = 64;

struct Turn {
    name: &'static str,
    address: String,
    header: (&'static str, String),
    rates: Vec<f64>,
    micros: Vec<u32>,
    p99s: Vec<u32>,
}

pub(crate) async fn measure(
    upstream: &Upstream,
    authctl: &Authctl,
    nginx: &Nginx,
    quick: bool,
) -> Result<String, Error> {
    let turn = |name, address: &str, header: (&'static str, &str)| Turn {
        name,
        address: address.to_owned(),
        header: (header.0, header.1.to_owned()),
        rates: Vec::new(),
        micros: Vec::new(),
        p99s: Vec::new(),
    };
    let bearer = format!("Bearer {TOKEN}");
    let mut turns = [
        turn("authctl proxy", &authctl.address, ("x-authctl-secret", &authctl.secret)),
        turn("nginx, a static header", &nginx.address, ("x-authctl-secret", &authctl.secret)),
        turn("no proxy", &upstream.address, ("authorization", &bearer)),
    ];
    let (rounds, time) = if quick { (2, Duration::from_millis(500)) } else { (12, Duration::from_secs(2)) };
    for turn in &mut turns {
        // Connections are made, memory is had.
        send(turn, time / 4).await?;
    }
    for round in 0..rounds {
        // Whoever comes first in one round comes later in the next.
        turns.rotate_left(round % 3);
        for turn in &mut turns {
            let begun = Instant::now();
            let mut micros = send(turn, time).await?;
            turn.rates.push(micros.len() as f64 / begun.elapsed().as_secs_f64());
            micros.sort_unstable();
            turn.p99s.push(at(&micros, 0.99));
            turn.micros.append(&mut micros);
        }
        turns.sort_by_key(|turn| turn.name);
    }
    Ok(table(&mut turns))
}

fn table(turns: &mut [Turn; 3]) -> String {
    let mut text = format!(
        "| {CALLERS} callers, keep-alive | requests/s | p50 ms | p99 ms | requests/s : nginx's | p99 : nginx's |\n\
         | --- | ---: | ---: | ---: | ---: | ---: |\n"
    );
    turns.sort_by_key(|turn| turn.name);
    let nginx = turns.iter().position(|turn| turn.name.starts_with("nginx")).unwrap_or(0);
    let (rates, p99s) = (turns[nginx].rates.clone(), turns[nginx].p99s.clone());
    for turn in turns {
        turn.micros.sort_unstable();
        let rate = median(turn.rates.clone());
        let (half, most) = (at(&turn.micros, 0.5), at(&turn.micros, 0.99));
        let faster = median(turn.rates.iter().zip(&rates).map(|(own, other)| own / other).collect());
        let longer =
            median(turn.p99s.iter().zip(&p99s).map(|(own, other)| f64::from(*own) / f64::from(*other)).collect());
        let (half, most) = (f64::from(half) / 1e3, f64::from(most) / 1e3);
        // Writing to a string can't fail.
        let _ = writeln!(text, "| {} | {rate:.0} | {half:.2} | {most:.2} | {faster:.2} | {longer:.2} |", turn.name);
    }
    text
}

/// Microseconds of each request.
async fn send(turn: &Turn, time: Duration) -> Result<Vec<u32>, Error> {
    let end = Instant::now() + time;
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (address, (name, value)) = (turn.address.clone(), turn.header.clone());
        callers.spawn(async move {
            let stream = TcpStream::connect(&address).await?;
            stream.set_nodelay(true)?;
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            let mut micros = Vec::with_capacity(8192);
            while Instant::now() < end {
                let request = Request::get("/items?limit=2").header("host", &address).header(name, &value);
                let request = request.header("accept", "application/json").header("user-agent", "proxy-load/1");
                let begun = Instant::now();
                sender.ready().await?;
                let response = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
                if response.status() != StatusCode::OK {
                    return Err(format!("answered {}", response.status()).into());
                }
                response.into_body().collect().await?;
                micros.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Ok::<_, Error>(micros)
        });
    }
    let mut all = Vec::new();
    while let Some(caller) = callers.join_next().await {
        all.append(&mut caller??);
    }
    Ok(all)
}

fn at(sorted: &[u32], part: f64) -> u32 {
    let place = (sorted.len() as f64 * part) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
