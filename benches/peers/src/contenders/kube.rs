//! kube-client: the Tower layer of a Kubernetes client, over a plugin that prints tokens. The plugin is this program.

use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use auth_benches::Api;
use hyper_util::client::legacy;
use jiff::Timestamp;
use kube_client::Config;
use kube_client::client::ConfigExt;
use kube_client::config::{AuthInfo, ExecConfig, ExecInteractiveMode};
use serde_json::{Value, json};
use tower::{Layer, ServiceExt};

use crate::Error;
use crate::client::{network, of_services};
use crate::contender::{Contender, Shape, Side};

pub(crate) const CONTENDER: Contender = Contender {
    label: "kube-client `AuthLayer`",
    package: Some("kube-client"),
    side: Side::Peer,
    shape: Shape::Layer,
    replays: false,
    ahead: Duration::from_secs(60),
    note: "starts a program for every exchange; asks for the first token when it is made",
    start: |stand| {
        Box::pin(async move {
            let program = std::env::current_exe()?.into_os_string().into_string().map_err(|_| "an odd path")?;
            let exec = ExecConfig {
                api_version: Some("client.authentication.k8s.io/v1".into()),
                command: Some(program),
                args: Some(vec!["exec".into(), stand.issuer.url().to_owned()]),
                interactive_mode: Some(ExecInteractiveMode::Never),
                ..serde_json::from_value(json!({}))?
            };
            let mut config = Config::new(stand.origin.parse()?);
            config.auth_info = AuthInfo { exec: Some(exec), ..AuthInfo::default() };
            // It waits for the plugin where it stands.
            let layer = tokio::task::spawn_blocking(move || config.auth_layer()).await??;
            let layer = layer.ok_or("no layer was made")?;
            // Both of the layers that it may be have the same error.
            let api = layer.layer(Api.map_err(Error::from as fn(Infallible) -> Error));
            let network = layer.layer(network().map_err(Error::from as fn(legacy::Error) -> Error));
            of_services(api, network, &stand.origin)
        })
    },
};

/// Asks an issuer, and prints what it says as kubectl's plugins do.
pub(crate) fn plugin(url: &str) -> Result<(), Error> {
    let (address, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).ok_or("no such URL")?;
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "POST /{path} HTTP/1.0\r\nhost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    if !head.starts_with("HTTP/1.0 200 ") && !head.starts_with("HTTP/1.1 200 ") {
        return Err("the issuer refused".into());
    }
    let grant: Value = serde_json::from_str(body)?;
    let lifetime = Duration::from_secs(grant["expires_in"].as_u64().ok_or("no lifetime")?);
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": { "token": grant["access_token"], "expirationTimestamp": (Timestamp::now() + lifetime).to_string() },
    });
    Ok(serde_json::to_writer(std::io::stdout(), &credential)?)
}
