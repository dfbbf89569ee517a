//! A credential plugin of Kubernetes' client-go
//! (<https://kubernetes.io/docs/reference/config-api/client-authentication.v1/>).

use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::held::Held;
use crate::{moment, terminal};

/// By which the client says in which version it wants the answer.
const ASKED: &str = "KUBERNETES_EXEC_INFO";
const KIND: &str = "ExecCredential";
/// In both the fields that are answered are the same. The first is the answer to who does not say.
const VERSIONS: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/// Answer kubectl as an exec plugin, in the version that it asks for.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kubectl config set-credentials acme --exec-api-version=client.authentication.k8s.io/v1 \\
    --exec-command=authctl --exec-arg=-p,acme,credential-helper,k8s")]
pub(crate) struct Args {
    /// Fetch a new token unless the present one is valid for at least this long
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = humantime::parse_duration)]
    min_ttl: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    api_version: String,
    kind: String,
    #[serde(default)]
    spec: Spec,
}

#[derive(Default, Deserialize, Serialize)]
struct Spec {
    /// Whether stdin is the user's. Nobody is asked anything here, so it changes no more than what is said at the end.
    #[serde(default)]
    interactive: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    api_version: &'a str,
    kind: &'a str,
    /// As it was asked, because the type has to have it.
    spec: Spec,
    status: Status<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_timestamp: Option<String>,
    token: &'a str,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let (version, interactive) = asked(context.process.get(ASKED)?.as_deref())?;
    let held = Held::select(context, args.min_ttl).await.map_err(|failure| match failure.exit {
        Exit::Interaction if !interactive => {
            Failure::new(Exit::Interaction, format!("{}; there is no terminal to ask at", failure.message))
        }
        _ => failure,
    })?;
    let status = Status { expiration_timestamp: held.end.map(moment::rfc3339), token: held.token.expose() };
    let answer = Answer { api_version: version, kind: KIND, spec: Spec { interactive }, status };
    // Strings: nothing in it can fail to be JSON.
    terminal::exact(serde_json::to_string(&answer).unwrap_or_default() + "\n")?;
    Ok(Exit::Ok.code())
}

/// The version to answer in, and whether there is somebody to ask.
fn asked(info: Option<&str>) -> Result<(&'static str, bool), Failure> {
    let Some(info) = info else { return Ok((VERSIONS[0], false)) };
    let asked: Asked = serde_json::from_str(info)
        .map_err(|_| Failure::failed(format!("{ASKED} is no JSON object with `apiVersion` and `kind`")))?;
    if asked.kind != KIND {
        return Err(Failure::failed(format!("{ASKED} asks for another kind than {KIND}")));
    }
    let version = VERSIONS.into_iter().find(|version| *version == asked.api_version);
    let version = version.ok_or_else(|| {
        Failure::failed(format!(
            "{ASKED} asks for a version that is not known: put {} into the kubeconfig",
            VERSIONS.join(" or ")
        ))
    })?;
    Ok((version, asked.spec.interactive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_in_the_version_that_is_asked_for() {
        let info = |version: &str, interactive| {
            format!(
                r#"{{"apiVersion":"{version}","kind":"ExecCredential","spec":{{"interactive":{interactive},"cluster":{{}}}}}}"#
            )
        };
        for version in VERSIONS {
            assert_eq!(asked(Some(&info(version, true))).unwrap(), (version, true));
        }
        assert_eq!(asked(None).unwrap(), (VERSIONS[0], false));
        let old = asked(Some(&info("client.authentication.k8s.io/v1alpha1", false))).unwrap_err();
        assert!(old.message.contains("k8s.io/v1 or client.authentication.k8s.io/v1beta1"), "{old:?}");
        for broken in ["", "[]", "{}", r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"Secret"}"#] {
            asked(Some(broken)).unwrap_err();
        }
    }
}
