//! What tokens are restricted to: roles, and a context for the vault's policies.

use serde_json::Value;

use super::setting::{CTX, ROLES};
use super::{BearerToken, ctx};
use crate::Error;
use crate::settings::{Found, Lookup, Settings};

/// What a program said of it. Empty roles and an empty context count as unset.
#[derive(Clone, Default)]
pub(super) struct Restrictions {
    pub(super) roles: Vec<String>,
    pub(super) ctx: Option<Value>,
}

impl Restrictions {
    /// A service account's tokens with the roles and the context that were asked for.
    pub(super) fn apply(&self, tokens: BearerToken, settings: &mut Settings) -> Result<BearerToken, Error> {
        let tokens =
            if self.has_roles() { counted(settings, tokens, &self.roles)? } else { with_roles_of(settings, tokens)? };
        match (self.given_ctx(), settings.find(&Lookup::of(&CTX))?) {
            (Some(ctx), _) => {
                settings.count_in(CTX.name(), &ctx.to_string());
                tokens.ctx(ctx.clone())
            }
            (None, Some(found)) => tokens.ctx(context(&found)?).map_err(|error| error.at(found.provenance())),
            (None, None) => Ok(tokens),
        }
    }

    /// Both are put into a token when it is made. With another kind of credential they would restrict nothing, silently.
    pub(super) fn refuse(&self, kind: &str, settings: &mut Settings) -> Result<(), Error> {
        let name = if self.has_roles() || !roles(settings)?.is_empty() {
            ROLES.name()
        } else if self.given_ctx().is_some() || settings.find(&Lookup::of(&CTX))?.is_some() {
            CTX.name()
        } else {
            return Ok(());
        };
        Err(Error::misconfigured(format!(
            "`{name}` restricts nothing with `{kind}`, only tokens made with a credentials.json: leave one of them out"
        )))
    }

    fn has_roles(&self) -> bool {
        self.roles.iter().any(|role| !role.is_empty())
    }

    fn given_ctx(&self) -> Option<&Value> {
        self.ctx.as_ref().filter(|ctx| !matches!(ctx::claim((*ctx).clone()), Ok(None)))
    }
}

/// The roles of a profile: a list, or one text.
fn roles(settings: &Settings) -> Result<Vec<Found>, Error> {
    match settings.profile() {
        Some(profile) => profile.list(ROLES.name(), ROLES.name(), settings.env()),
        None => Ok(Vec::new()),
    }
}

fn with_roles_of(settings: &mut Settings, tokens: BearerToken) -> Result<BearerToken, Error> {
    let found = roles(settings)?;
    let Some(first) = found.first() else { return Ok(tokens) };
    let all = found.iter().flat_map(|found| found.value().split(|c: char| c == ',' || c.is_whitespace()));
    counted(settings, tokens, all).map_err(|error| error.at(first.provenance()))
}

/// The tokens with these roles, which make them others.
fn counted<R: AsRef<str>>(
    settings: &mut Settings,
    tokens: BearerToken,
    roles: impl IntoIterator<Item = R>,
) -> Result<BearerToken, Error> {
    let roles: Vec<String> = roles.into_iter().map(|role| role.as_ref().to_owned()).collect();
    settings.count_in(ROLES.name(), &roles.join(" "));
    tokens.roles(roles)
}

/// The `ctx` of a profile: a JSON object, or else a string.
fn context(found: &Found) -> Result<Value, Error> {
    let text = found.value().trim();
    if !text.starts_with('{') {
        return Ok(text.into());
    }
    serde_json::from_str(text).map_err(|_| found.unusable("it begins like a JSON object and is none"))
}
