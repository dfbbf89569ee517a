//! `VCAP_SERVICES`: the services that Cloud Foundry and Code Engine have bound to an application, as JSON.

use serde_json::{Map, Value};

use super::External;
use crate::settings::{Provenance, Setting};
use crate::{Env, Error, Secret};

const VARIABLE: &str = "VCAP_SERVICES";

pub(super) const SETTING: Setting =
    Setting::secret("bound_services", "the services that the platform has bound to an application, as JSON")
        .with_variables(&[VARIABLE]);

/// The names of values in an entry's credentials, and IBM's keys for the same.
const NAMES: [(&str, &str); 4] =
    [("apikey", "APIKEY"), ("iam_apikey", "APIKEY"), ("url", "URL"), ("iam_url", "AUTH_URL")];

/// What it says about `service`: the entry of this name, else the first one under this label.
///
/// # Errors
/// [`Misconfigured`](crate::ErrorKind::Misconfigured) if it is not the JSON it should be. Nothing of it is repeated.
pub(super) fn read(service: &str, env: &Env) -> Result<External, Error> {
    let Some((text, place)) = env.look(VARIABLE)? else { return Ok(External::default()) };
    let text = Secret::from(text);
    let unusable = |reason: &str| Error::misconfigured(format!("{place} can't be used: {reason}"));
    let services: Map<String, Value> =
        serde_json::from_str(text.expose()).map_err(|_| unusable("it is no JSON object"))?;
    let mut external = External::default();
    let Some(entry) = entry(&services, service).map_err(unusable)? else { return Ok(external) };
    let credentials = entry.get("credentials").and_then(Value::as_object);
    let credentials = credentials.ok_or_else(|| unusable("the entry of the service has no `credentials` object"))?;
    let text_of = |name: &str| credentials.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    for (name, key) in NAMES {
        if let Some(value) = text_of(name).filter(|_| !external.found.contains_key(key)) {
            external.put(key, Secret::from(value.to_owned()), place.clone());
        }
    }
    let kind = match (external.found.contains_key("APIKEY"), text_of("username"), text_of("password")) {
        (true, ..) => Some("iam"),
        (false, Some(_), Some(_)) => Some("basic"),
        _ => None,
    };
    if let Some(kind) = kind {
        external.put("AUTH_TYPE", Secret::new(kind), Provenance::clone(&place));
    }
    Ok(external)
}

fn entry<'a>(services: &'a Map<String, Value>, service: &str) -> Result<Option<&'a Value>, &'static str> {
    let mut first_of_label = None;
    for (label, entries) in services {
        let entries = entries.as_array().ok_or("a label's entries are no list")?;
        if let Some(entry) = entries.iter().find(|entry| entry.get("name").and_then(Value::as_str) == Some(service)) {
            return Ok(Some(entry));
        }
        if label == service {
            first_of_label = entries.first();
        }
    }
    Ok(first_of_label)
}
