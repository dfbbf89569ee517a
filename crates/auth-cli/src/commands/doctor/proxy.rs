//! The proxies that the environment names.

use auth_core::{Access, Env};
use http::Uri;

use super::check::Check;
use super::credential;

const ID: &str = "proxy";

/// The variables that HTTP clients look at. The lower-case one wins, as in curl.
const VARIABLES: [[&str; 2]; 3] =
    [["https_proxy", "HTTPS_PROXY"], ["http_proxy", "HTTP_PROXY"], ["all_proxy", "ALL_PROXY"]];

/// Whether they are set and can be used, and spare the machine itself.
pub(super) fn check(access: Option<&Access>) -> Check {
    let Some(access) = access else { return Check::after(ID, credential::ID) };
    // What is in a .env file does not reach an HTTP client.
    let env = Env::process();
    let set: Vec<(&str, String)> =
        VARIABLES.iter().flatten().filter_map(|name| Some((*name, value(&env, name)?))).collect();
    if set.is_empty() {
        return Check::ok(ID, "none is set");
    }
    let broken: Vec<&str> = set.iter().filter(|(_, value)| !is_usable(value)).map(|(name, _)| *name).collect();
    if let [first, ..] = broken[..] {
        let fix = format!("write {first} as http://host:port, or unset it");
        return Check::fail(ID, format!("{} is no proxy's address", broken.join(" and ")), fix);
    }
    let names: Vec<String> = set.iter().map(|(name, value)| format!("{name}: {}", host(value))).collect();
    let endpoint = access.endpoint().to_string();
    let is_used = intercept(&endpoint).is_some();
    let is_here = endpoint.parse::<Uri>().ok().as_ref().and_then(Uri::host).is_some_and(is_loopback);
    if is_here && is_used {
        let summary = "a request to this machine goes through the proxy";
        return Check::warn(ID, summary, "add 127.0.0.1, ::1 and localhost to NO_PROXY").with_details(names);
    }
    let way = if is_used { "requests to the API go through it" } else { "requests to the API go past it" };
    Check::ok(ID, way).with_details(names)
}

/// The proxy for requests to this URL, if one is used: none over plain http.
pub(super) fn intercept(url: &str) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    if uri.scheme_str() != Some("https") {
        return None;
    }
    Some(hyper_util::client::proxy::matcher::Matcher::from_system().intercept(&uri)?.uri().clone())
}

pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn value(env: &Env, name: &str) -> Option<String> {
    env.get(name).ok().flatten()
}

fn is_usable(value: &str) -> bool {
    let Some(uri) = uri(value) else { return false };
    let is_known = matches!(uri.scheme_str(), Some("http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h"));
    is_known && uri.host().is_some_and(|host| !host.is_empty())
}

/// Without its user name and password, which the URL may have.
fn host(value: &str) -> String {
    let Some(uri) = uri(value) else { return "..".to_owned() };
    let port = uri.port_u16().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}{port}", uri.host().unwrap_or(".."))
}

/// As HTTP clients read it: without a scheme it is http.
fn uri(value: &str) -> Option<Uri> {
    if value.contains("://") { value.parse().ok() } else { format!("http://{value}").parse().ok() }
}
