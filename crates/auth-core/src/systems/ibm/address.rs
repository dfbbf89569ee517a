//! Where watsonx.ai is.

use super::login;
use super::resolver::Resolver;
use super::setting::{REGION, URL};
use crate::Error;
use crate::settings::{Found, Provenance};
use crate::url::{self, For};

/// The url, or that of the region.
pub(super) fn address(settings: &mut Resolver) -> Result<Found, Error> {
    let (url, region) = (settings.find(&URL)?, settings.find(&REGION)?);
    let region = match (url, region) {
        (Some(url), None) => return secure(url),
        (None, Some(region)) => region,
        (None, None) => {
            let ways = settings.ways(&URL);
            let message = format!("no url is configured: {ways}; or say the region, by `region` or WATSONX_REGION");
            return Err(Error::unavailable(message));
        }
        (Some(url), Some(region)) => match settings.stronger(&url, &region) {
            Some(false) => region,
            None if matches!(url.provenance(), Provenance::Argument(_)) => {
                return Err(login::one_too_many(&url, &region));
            }
            _ => {
                settings.note(format!("the region in {} is not used beside a url", region.provenance()));
                return secure(url);
            }
        },
    };
    let name = region.value().trim();
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.len() > 40 || name.starts_with('-') || name.ends_with('-') || !name.chars().all(is_name) {
        return Err(region.unusable("a region is a name such as us-south or eu-de"));
    }
    let url = format!("https://{name}.ml.cloud.ibm.com");
    Ok(Found::new(REGION.name(), url, region.provenance().clone()))
}

/// The URL, which is one that may get a credential: requests always carry one here, so that it need not wait for the first.
fn secure(url: Found) -> Result<Found, Error> {
    match url::parse(url.value(), For::TokenEndpoint) {
        Ok(_) => Ok(url),
        Err(reason) => Err(url.unusable(reason)),
    }
}
