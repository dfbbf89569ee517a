//! What is wrong with a server's TLS, in words.

use std::error::Error as StdError;
use std::io;
use std::iter;

use auth_core::adapter;
use rustls::{CertificateError, Error};

use super::check::Check;
use crate::failure::Exit;

/// A request that had no answer, although there is a connection.
pub(super) fn failed(id: &'static str, error: &reqwest::Error, host: &str, is_https: bool) -> Check {
    match of_tls(error) {
        Some(error) => {
            let (summary, fix) = words(error, host);
            Check::fail(id, summary, fix)
        }
        None => {
            let because = adapter::why_unreachable(error, is_https);
            let fix = "look at what stands between: a proxy, a firewall; and whether it is this server's port";
            Check::fail(id, format!("{host} does not answer{because}"), fix).with_exit(Exit::Transient)
        }
    }
}

/// The TLS library's error, if it is one. It stands inside of others, as a cause or wrapped.
fn of_tls<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    iter::successors(Some(error), |&error| error.source()).find_map(inside)
}

fn inside<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    inside(error.downcast_ref::<io::Error>()?.get_ref()?)
}

/// What is wrong, and what to do about it. Nothing that the server sent is in it.
fn words(error: &Error, host: &str) -> (String, String) {
    use CertificateError as Why;
    let (summary, fix) = match error {
        Error::InvalidCertificate(why) => match why {
            Why::Expired | Why::ExpiredContext { .. } => (
                format!("the certificate of {host} has expired"),
                "have it renewed; or this machine's clock is ahead".to_owned(),
            ),
            Why::NotValidYet | Why::NotValidYetContext { .. } => (
                format!("the certificate of {host} is not valid yet"),
                "set this machine's clock, which is probably behind".to_owned(),
            ),
            Why::NotValidForName | Why::NotValidForNameContext { .. } => (
                format!("the certificate is for another name than {host}"),
                "use the name that it is for; or this is not the server that is meant".to_owned(),
            ),
            Why::UnknownIssuer => (
                format!("the certificate of {host} is from an issuer that this machine does not trust"),
                "if it is your company's, put its certificate into the system's store, or name its PEM file in SSL_CERT_FILE"
                    .to_owned(),
            ),
            Why::Revoked => {
                (format!("the certificate of {host} was revoked"), "have it replaced, and trust nothing there".to_owned())
            }
            _ => (
                format!("the certificate of {host} can't be accepted"),
                "have it replaced by one for a server, from an issuer that this machine trusts".to_owned(),
            ),
        },
        Error::InvalidMessage(_) => (
            format!("{host} does not speak TLS there"),
            "look at the port; a server without TLS has an http URL, and gets no credential beyond this machine".to_owned(),
        ),
        Error::AlertReceived(_) => (
            format!("{host} refuses the TLS handshake"),
            "it may want a client's certificate, or know no such name: ask who runs it".to_owned(),
        ),
        _ => (
            format!("there is no common TLS with {host}"),
            "the server needs TLS 1.2 or 1.3 with current ciphers".to_owned(),
        ),
    };
    (summary, fix)
}
