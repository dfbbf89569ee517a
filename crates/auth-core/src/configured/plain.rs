//! A plain source of a profile, or a system described in the same file.

use std::sync::Arc;

use http::HeaderName;

use super::names::Names;
use super::source;
use crate::settings::{Found, trust};
use crate::sources::placed::Place;
use crate::{Access, Context, Error, Exports};

/// The access that the settings describe.
pub(super) fn access(mut names: Names) -> Result<Access, Error> {
    let endpoint = names.require("endpoint")?;
    let base = endpoint.endpoint()?;
    let built = source::of(&mut names)?;
    let place = place(&mut names)?;
    let context = context(&mut names)?;
    let whoami = names.find("whoami")?;
    names.check_keys()?;

    let id = names.id();
    let trusted = trust::allowed(names.settings(), false)?;
    let token_url = built.as_ref().and_then(|built| built.token_url.as_ref());
    let credential = built.as_ref().and_then(|built| built.credential.as_ref());
    for endpoint in [Some(&endpoint), token_url].into_iter().flatten() {
        names.sent().iter().chain(credential).try_for_each(|sent| trust::check(endpoint, sent, trusted))?;
    }
    let Some(built) = built else {
        let access = Access::none_needed(id, base).with_context(context);
        let access = match whoami {
            Some(path) => access.with_whoami(path.value().to_owned()),
            None => access,
        };
        return Ok(access.with_explanation(names.into_settings().into_explanation()));
    };
    let exports = exports(&names, &base.to_string())?;
    let mut access = Access::new(id, Arc::clone(&built.source), base).with_exports(exports);
    if let Some(beyond) = built.exchange {
        access = access.with_identity(beyond);
    }
    if let Some(place) = place {
        access = access.placed(place);
    }
    if let Some(credential) = &built.credential {
        access = access.with_credential(credential);
    }
    if let Some(handle) = built.handle {
        access = access.with_token_handle(handle);
    }
    if let Some(path) = whoami {
        access = access.with_whoami(path.value().to_owned());
    }
    Ok(access.with_context(context).with_explanation(names.into_settings().into_explanation()))
}

/// The variables that a described system reads, which its programs read too.
fn exports(names: &Names, endpoint: &str) -> Result<Exports, Error> {
    let [token, base] = ["token", "endpoint"].map(|name| names.variables(name).unwrap_or_default());
    if let Some(found) = token.iter().chain(&base).find(|found| Exports::is_reserved(found.value())) {
        return Err(found.unusable("shells and programs know that variable by this name: use another"));
    }
    let [token, base] = [token, base].map(|found| found.iter().map(|one| one.value().to_owned()).collect::<Vec<_>>());
    Ok(Exports::new().with_token(&token).with_value(&base, endpoint))
}

/// `header = "x-api-key"` or `scheme = "Token"`.
fn place(names: &mut Names) -> Result<Option<Place>, Error> {
    match (names.find("header")?, names.find("scheme")?) {
        (None, None) => Ok(None),
        (Some(header), Some(scheme)) => {
            Err(header.unusable(format_args!("there is a `scheme` ({}) as well: choose one", scheme.provenance())))
        }
        (Some(header), None) => Ok(Some(Place::Header(header_name(&header)?))),
        (None, Some(scheme)) if is_token(scheme.value()) => Ok(Some(Place::Scheme(scheme.value().to_owned()))),
        (None, Some(scheme)) => Err(scheme.unusable("it is no authentication scheme (RFC 9110 section 11.1)")),
    }
}

fn header_name(found: &Found) -> Result<HeaderName, Error> {
    HeaderName::try_from(found.value()).map_err(|_| found.unusable("it is no header's name"))
}

/// RFC 9110 section 5.6.2.
fn is_token(text: &str) -> bool {
    HeaderName::try_from(text).is_ok()
}

/// `[context]`: each a value, and the header, query parameter or body field it goes in.
fn context(names: &mut Names) -> Result<Context, Error> {
    let mut context = Context::default();
    for name in names.below("context") {
        let key = format!("context.{name}");
        let Some(value) = names.find_context(&name)? else { continue };
        let places = ["header", "query", "body"].map(|place| names.described(&format!("{key}.{place}")));
        context = match places {
            [Ok(Some(header)), Ok(None), Ok(None)] => context
                .with_header(header_name(&header)?, value.value())
                .map_err(|_| value.unusable("it has characters that can't stand in a header"))?,
            [Ok(None), Ok(Some(query)), Ok(None)] => context.with_query(query.value().to_owned(), value.value()),
            [Ok(None), Ok(None), Ok(Some(field))] => context.with_body_field(field.value().to_owned(), value.value()),
            _ => return Err(value.unusable("it needs one of `header`, `query` and `body`, to say where it goes")),
        };
    }
    Ok(context)
}
