//! What requests to watsonx.ai say besides: a version, and a project or a space.

use std::borrow::Cow;

use http::HeaderName;

use super::login;
use super::resolver::Resolver;
use super::setting::{Known, PROJECT_ID, SPACE_ID, VERSION};
use crate::settings::Found;
use crate::{Context, Error};

/// The version of the API that requests ask for unless told otherwise: that of IBM's own client of late 2026.
const API_VERSION: &str = "2026-10-14";

/// Where a request says which project or space it is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdsIn {
    /// As `project_id` or `space_id` of its JSON body, as text generation wants it. Only an adapter that makes the bodies
    /// itself can add it.
    #[default]
    Body,
    /// As a parameter `project_id` or `space_id` of the query.
    Query,
    /// In `X-IBM-PROJECT-ID` or `X-IBM-SPACE-ID`.
    Header,
}

pub(super) fn context(ids_in: IdsIn, settings: &mut Resolver) -> Result<Context, Error> {
    let version = settings.find_or(&VERSION, API_VERSION)?;
    let is_date = version.value().len() == 10 && version.value().parse::<jiff::civil::Date>().is_ok();
    if !is_date {
        return Err(version.unusable("a version is a date, YYYY-MM-DD"));
    }
    let context = Context::default().with_query("version", version.value());
    let Some((known, id)) = chosen(settings)? else { return Ok(context) };
    let field = known.name();
    let header = if field == PROJECT_ID.name() { "x-ibm-project-id" } else { "x-ibm-space-id" };
    let value = id.value().trim();
    Ok(match ids_in {
        IdsIn::Body => context.with_body_field(Cow::Borrowed(field), value),
        IdsIn::Query => context.with_query(Cow::Borrowed(field), value),
        IdsIn::Header => {
            context.with_header(HeaderName::from_static(header), value).map_err(|error| error.at(id.provenance()))?
        }
    })
}

/// The project or the space, whichever is said in the stronger place.
pub(super) fn chosen(settings: &mut Resolver) -> Result<Option<(&'static Known, Found)>, Error> {
    Ok(match (settings.find(&PROJECT_ID)?, settings.find(&SPACE_ID)?) {
        (None, None) => None,
        (Some(project), None) => Some((&PROJECT_ID, project)),
        (None, Some(space)) => Some((&SPACE_ID, space)),
        (Some(project), Some(space)) => match settings.stronger(&project, &space) {
            Some(true) => Some((&PROJECT_ID, project)),
            Some(false) => Some((&SPACE_ID, space)),
            None => return Err(login::one_too_many(&project, &space)),
        },
    })
}
