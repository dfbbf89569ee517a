//! The way to a server: its name, a connection, TLS.

use std::time::{Duration, SystemTime};

use auth_core::Origin;
use auth_core::adapter::io_reason;
use auth_reqwest::token_client;
use http::{HeaderMap, Uri};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::check::{Check, Status};
use super::clock::{self, Answer};
use super::{proxy, tls};
use crate::context::Context;
use crate::failure::Exit;

/// A server by what it is for, and the names of its checks.
pub(super) struct Server {
    pub(super) dns: &'static str,
    pub(super) connect: &'static str,
    pub(super) tls: &'static str,
}

pub(super) const API: Server = Server { dns: "api-dns", connect: "api-connect", tls: "api-tls" };
pub(super) const TOKEN: Server = Server { dns: "token-dns", connect: "token-connect", tls: "token-tls" };

/// How far one came.
pub(super) struct Reached {
    pub(super) checks: [Check; 3],
    answer: Option<Answer>,
    is_needless: bool,
}

impl Reached {
    /// Nobody has to go there.
    pub(super) fn needless(server: &Server, why: &str) -> Self {
        let checks = [server.dns, server.connect, server.tls].map(|id| Check::skipped(id, why));
        Self { checks, answer: None, is_needless: true }
    }

    pub(super) fn is_needless(&self) -> bool {
        self.is_needless
    }

    /// Where one could not go on.
    pub(super) fn broken(&self) -> Option<&'static str> {
        self.checks.iter().find(|check| check.is_failed()).map(|check| check.id)
    }

    pub(super) fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.answer.iter()
    }
}

/// Goes there, as far as it goes.
pub(super) async fn reach(server: &Server, origin: &Origin, context: &Context) -> Reached {
    let url = origin.to_string();
    // An origin is a URL.
    let uri: Uri = url.parse().unwrap_or_default();
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    let proxy = proxy::intercept(&url);
    let limit = context.timeout();

    let dns = match &proxy {
        Some(_) => Check::skipped(server.dns, "the proxy looks the name up"),
        None => dns(server.dns, &host, port, limit).await,
    };
    let after =
        |failed: &Check, ids: &[&'static str]| ids.iter().map(|id| Check::after(id, failed.id)).collect::<Vec<_>>();
    let mut checks = vec![dns];
    let mut answer = None;
    if checks[0].status == Status::Fail {
        let rest = after(&checks[0], &[server.connect, server.tls]);
        checks.extend(rest);
    } else {
        checks.push(connect(server.connect, &host, port, proxy.as_ref(), limit).await);
        if checks[1].status == Status::Fail {
            let rest = after(&checks[1], &[server.tls]);
            checks.extend(rest);
        } else {
            let (check, answered) = ask(server.tls, &url, &host, limit).await;
            checks.push(check);
            answer = answered;
        }
    }
    let [dns, connect, tls] = [checks.remove(0), checks.remove(0), checks.remove(0)];
    Reached { checks: [dns, connect, tls], answer, is_needless: false }
}

async fn dns(id: &'static str, host: &str, port: u16, limit: Duration) -> Check {
    if host.parse::<std::net::IpAddr>().is_ok() {
        return Check::ok(id, format!("{host} is an address, there is no name to look up"));
    }
    match timeout(limit, lookup_host((host, port))).await {
        Ok(Ok(found)) => {
            let mut found: Vec<String> = found.map(|address| address.ip().to_string()).collect();
            found.dedup();
            Check::ok(id, format!("{host} is known")).with_details([found.join(", ")])
        }
        Ok(Err(_)) => {
            let fix = "look for a typing error in the host, then at this machine's DNS and VPN";
            Check::fail(id, format!("nobody knows a host {host}"), fix).with_exit(Exit::Transient)
        }
        Err(_) => {
            let fix = "look at this machine's DNS and VPN; --timeout allows more";
            Check::fail(id, format!("the name {host} was not looked up in time"), fix).with_exit(Exit::Transient)
        }
    }
}

async fn connect(id: &'static str, host: &str, port: u16, proxy: Option<&Uri>, limit: Duration) -> Check {
    let (what, host, port) = match proxy {
        Some(proxy) => {
            let host = proxy.host().unwrap_or_default().trim_matches(['[', ']']);
            ("the proxy ", host, proxy.port_u16().unwrap_or(if proxy.scheme_str() == Some("https") { 443 } else { 80 }))
        }
        None => ("", host, port),
    };
    let name = format!("{what}{host}:{port}");
    let why = match timeout(limit, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => return Check::ok(id, format!("{name} can be reached")),
        Ok(Err(error)) => io_reason(error.kind()),
        Err(_) => "no answer in time".to_owned(),
    };
    let fix = match proxy {
        Some(_) => "correct HTTPS_PROXY, or add the host to NO_PROXY",
        None => {
            "look at host and port, whether the server runs, and at firewalls; where only a proxy leads out, set HTTPS_PROXY"
        }
    };
    Check::fail(id, format!("{name} can't be reached: {why}"), fix).with_exit(Exit::Transient)
}

/// Asks for nothing, without a credential: whatever is answered, there is TLS, and the answer has a date.
async fn ask(id: &'static str, url: &str, host: &str, limit: Duration) -> (Check, Option<Answer>) {
    let is_https = url.starts_with("https://");
    let builder = token_client();
    let Ok(client) = if is_https { builder } else { builder.no_proxy() }.build() else {
        let fix = "look at the system's certificates, SSL_CERT_FILE, and the proxy's variables";
        return (Check::fail(id, "no HTTP client can be set up", fix), None);
    };
    let sent = SystemTime::now();
    let answer = timeout(limit, client.head(url).send()).await;
    let response = match answer {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return (tls::failed(id, &error, host, is_https), None),
        Err(_) => {
            let check = Check::fail(id, format!("{host} does not answer in time"), "--timeout allows more");
            return (check.with_exit(Exit::Transient), None);
        }
    };
    let answer = dated(host, response.headers(), sent);
    let check = if is_https {
        Check::ok(id, format!("the certificate of {host} is good"))
    } else if proxy::is_loopback(host) {
        Check::ok(id, "plain http, which stays on this machine")
    } else {
        Check::warn(id, format!("plain http to {host}: no credential is sent there"), "use an https URL")
    };
    (check, answer)
}

/// What an answer says of the time, to a request of that moment.
pub(super) fn dated(host: &str, headers: &HeaderMap, sent: SystemTime) -> Option<Answer> {
    let ahead = clock::ahead(headers, sent, SystemTime::now())?;
    Some(Answer { host: host.to_owned(), ahead })
}
