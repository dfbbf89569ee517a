//! The OAuth 2.0 grants that a profile can select, and the client that asks.

use super::names::Names;
use super::source::{Built, token_url};
use crate::Error;
use crate::exchange::{Client, ClientAuth, TokenType};
use crate::settings::Found;
use crate::sources::{ClientCredentials, FileToken, RefreshToken, StaticToken, TokenExchange};

pub(super) fn client_credentials(names: &mut Names) -> Result<Built, Error> {
    let (url, endpoint) = token_url(names)?;
    let (auth, credential) = confidential(names)?;
    let mut source = ClientCredentials::new(endpoint, auth);
    if let Some(scope) = names.find("scope")? {
        source = source.scope(scope.secret());
    }
    if let Some(audience) = names.find("audience")? {
        source = source.audience(audience.secret());
    }
    if let Some(resource) = names.find("resource")? {
        source = source.resource(resource.secret());
    }
    Ok(Built::exchanges(source, credential, url))
}

#[cfg(feature = "signing")]
pub(super) fn jwt_bearer(names: &mut Names) -> Result<Built, Error> {
    let (url, endpoint) = token_url(names)?;
    let issuer = names.require("issuer")?;
    let (key, credential) = private_key(names)?;
    let mut source = crate::sources::JwtBearer::new(endpoint, issuer.value().to_owned(), key);
    if let Some(subject) = names.find("subject")? {
        source = source.subject(subject.value().to_owned());
    }
    if let Some(audience) = names.find("audience")? {
        source = source.audience(audience.value().to_owned());
    }
    if let Some(key_id) = names.find("key_id")? {
        source = source.key_id(key_id.value().to_owned());
    }
    if let Some(scope) = names.find("scope")? {
        source = source.scope(scope.secret());
    }
    Ok(Built::exchanges(source, credential, url))
}

/// A refresh token that does not rotate, or that is only this program's: nothing writes a new one into the profile.
pub(super) fn refresh_token(names: &mut Names) -> Result<Built, Error> {
    let (url, endpoint) = token_url(names)?;
    let client = any_client(names)?;
    let token = names.secret("refresh_token")?;
    let mut source = RefreshToken::new(endpoint, client, token.token()?)?;
    if let Some(scope) = names.find("scope")? {
        source = source.scope(scope.secret());
    }
    Ok(Built::exchanges(source, token, url))
}

pub(super) fn token_exchange(names: &mut Names) -> Result<Built, Error> {
    let (url, endpoint) = token_url(names)?;
    let client = any_client(names)?;
    let subject_type = names.find("subject_token_type")?;
    let subject_type = subject_type.map_or(TokenType::JWT, |kind| TokenType::new(kind.value().to_owned()));
    let (mut source, subject, file) = match names.find_secret("subject_token")? {
        Some(token) => {
            (TokenExchange::new(endpoint, client, StaticToken::new(token.token()?)?, subject_type), token, None)
        }
        None => {
            let path = names.require("subject_token_file")?;
            names.refuse_nearby(path.provenance(), "a file")?;
            let file = path.provenance().beside(path.value().as_ref(), names.settings().env())?;
            let place = path.provenance().of_file(&file, names.settings().env());
            let token = Found::new("subject token", path.secret(), place);
            let source = TokenExchange::new(endpoint, client, FileToken::new(file.clone()), subject_type);
            (source, token, Some(file))
        }
    };
    if let Some(audience) = names.find("audience")? {
        source = source.audience(audience.secret());
    }
    if let Some(resource) = names.find("resource")? {
        source = source.resource(resource.secret());
    }
    if let Some(scope) = names.find("scope")? {
        source = source.scope(scope.secret());
    }
    Ok(Built::exchanges(source, subject, url).reading(file))
}

/// A client that proves who it is: `client_auth` is `basic` (the default), `post` or `private_key_jwt`.
fn confidential(names: &mut Names) -> Result<(ClientAuth, Found), Error> {
    let id = names.require("client_id")?;
    let method = names.find("client_auth")?;
    match method.as_ref().map_or("basic", Found::value) {
        "basic" => {
            let secret = names.secret("client_secret")?;
            Ok((ClientAuth::basic(id.value().to_owned(), secret.secret()), secret))
        }
        "post" => {
            let secret = names.secret("client_secret")?;
            Ok((ClientAuth::post(id.value().to_owned(), secret.secret()), secret))
        }
        #[cfg(feature = "signing")]
        "private_key_jwt" => {
            let issuer = names.require("issuer")?;
            let (key, credential) = private_key(names)?;
            let client = crate::exchange::PrivateKeyJwt::new(id.value().to_owned(), issuer.value().to_owned(), key);
            let client = match names.find("key_id")? {
                Some(key_id) => client.key_id(key_id.value().to_owned()),
                None => client,
            };
            Ok((client.into(), credential))
        }
        #[cfg(not(feature = "signing"))]
        "private_key_jwt" => Err(super::source::needs("signing", method.as_ref())),
        _ => {
            let place = method.as_ref().map(|found| found.unusable("it is neither basic, post nor private_key_jwt"));
            Err(place.unwrap_or_else(|| Error::misconfigured("`client_auth` is unknown")))
        }
    }
}

/// A client that may have a secret, or an id alone, or neither.
fn any_client(names: &mut Names) -> Result<Client, Error> {
    if names.find("client_auth")?.is_some() || names.find_secret("client_secret")?.is_some() {
        return Ok(confidential(names)?.0.into());
    }
    Ok(match names.find("client_id")? {
        Some(id) => Client::public(id.value().to_owned()),
        None => Client::unnamed(),
    })
}

/// `private_key`, as PEM; usually `{ file = "key.pem" }`.
#[cfg(feature = "signing")]
fn private_key(names: &mut Names) -> Result<(crate::signer::PrivateKey, Found), Error> {
    let pem = names.secret("private_key")?;
    let key = crate::signer::PrivateKey::from_pem(pem.secret()).map_err(|error| error.at(pem.provenance()))?;
    Ok((key, pem))
}
