//! `credentials.json`: the private key of a service account, and where its tokens are.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::de::IgnoredAny;

use super::json_text::{with_escaped_line_breaks, with_real_line_breaks};
use super::reason::Reason;
use crate::config::document;
use crate::exchange::TokenEndpoint;
use crate::exchange::answer::AnswerError;
use crate::exchange::answer::fields::{Found, Raw, read_object};
use crate::settings::Provenance;
use crate::signer::{Algorithm, KeyError, PrivateKey, Signer};
use crate::url::{self, For, UrlError};
use crate::{Error, Secret};

/// Where Skyflow's tokens are fetched. A file that names another host would get a signed assertion sent there.
const TOKEN_HOSTS: [&str; 2] = ["*.skyflowapis.com", "*.skyflowapis-preview.com"];

/// Longer texts are something else.
const LONGEST: usize = 1024 * 1024;

/// Each field in all its spellings, the one that Skyflow writes first.
const CLIENT_ID: [&str; 3] = ["clientID", "clientId", "client_id"];
const KEY_ID: [&str; 3] = ["keyID", "keyId", "key_id"];
const TOKEN_URI: [&str; 3] = ["tokenURI", "tokenUri", "token_uri"];
const PRIVATE_KEY: [&str; 2] = ["privateKey", "private_key"];

const NAMES: [&str; 11] = [
    CLIENT_ID[0],
    CLIENT_ID[1],
    CLIENT_ID[2],
    KEY_ID[0],
    KEY_ID[1],
    KEY_ID[2],
    TOKEN_URI[0],
    TOKEN_URI[1],
    TOKEN_URI[2],
    PRIVATE_KEY[0],
    PRIVATE_KEY[1],
];

/// A service account as its `credentials.json` describes it: who it is, its key, and where tokens are fetched.
///
/// The fields are `clientID`, `keyID`, `tokenURI` and `privateKey` (PKCS#8 or PKCS#1 of an RSA key of 2048 bits or more), also
/// as `clientId` and `client_id` and so on; others are ignored. The key's line breaks may be raw or escaped. Tokens are
/// fetched from hosts of Skyflow (`*.skyflowapis.com`, `*.skyflowapis-preview.com`) and from loopback only.
///
/// ```no_run
/// use auth_core::systems::skyflow::{BearerToken, Credentials};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let source = BearerToken::new(Credentials::from_file("credentials.json")?);
/// # let _: &dyn auth_core::TokenSource = &source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Credentials {
    client_id: String,
    key_id: String,
    /// As it is written: the assertion's audience is compared letter by letter.
    token_uri: String,
    endpoint: TokenEndpoint,
    signer: Arc<dyn Signer>,
}

impl Credentials {
    /// Reads the text of a credentials.json.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the field and the reason; nothing of the text is repeated.
    pub fn parse(json: impl Into<Secret>) -> Result<Self, Error> {
        Self::parse_with_hosts(json, &[])
    }

    /// The same, with more hosts from which tokens may be fetched. `*.example.com` is every host below `example.com`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with_hosts(json: impl Into<Secret>, more_hosts: &[&str]) -> Result<Self, Error> {
        Ok(Self::read(json.into().expose(), more_hosts)?)
    }

    /// Reads a credentials.json, at most 1 MiB of UTF-8.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), with the file's name; [`Unavailable`](crate::ErrorKind::Unavailable) if there is none.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_file_with_hosts(path, &[])
    }

    /// The same, with more hosts from which tokens may be fetched. `*.example.com` is every host below `example.com`.
    ///
    /// # Errors
    /// As [`from_file`](Self::from_file).
    pub fn from_file_with_hosts(path: impl AsRef<Path>, more_hosts: &[&str]) -> Result<Self, Error> {
        Self::from_document(path.as_ref(), more_hosts).map(|(credentials, _)| credentials)
    }

    /// A service account whose key is kept elsewhere, such as in a KMS. Any host that a token URL may have is accepted here.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) for an id that is empty or has white space, a URL that is not
    /// usable, and a signer of another algorithm than RS256.
    pub fn with_signer(client_id: &str, key_id: &str, token_uri: &str, signer: impl Signer) -> Result<Self, Error> {
        let found = signer.algorithm();
        if found != Algorithm::Rs256 {
            return Err(KeyError::KeyTypeMismatch { needed: Algorithm::Rs256, found }.into());
        }
        let id = |name, value: &str| check_id(name, value).map(|()| value.to_owned());
        Ok(Self {
            client_id: id(CLIENT_ID[0], client_id)?,
            key_id: id(KEY_ID[0], key_id)?,
            token_uri: token_uri.to_owned(),
            endpoint: TokenEndpoint::parse(token_uri)?,
            signer: Arc::new(signer),
        })
    }

    /// The credentials in a file, and a warning about its permissions.
    pub(super) fn from_document(path: &Path, more_hosts: &[&str]) -> Result<(Self, Option<String>), Error> {
        let document = document::read(path)?;
        let place = Provenance::File { path: path.to_owned(), line: None, key: String::new(), nearby: false };
        let credentials = Self::read(document.text(), more_hosts).map_err(|reason| Error::from(reason).at(&place))?;
        Ok((credentials, document.warned()))
    }

    fn read(json: &str, more_hosts: &[&str]) -> Result<Self, Reason> {
        if json.len() > LONGEST {
            return Err(Reason::TooLong);
        }
        let mut fields = Fields(read_fields(json)?);
        fields.check_duplicates()?;
        let client_id = fields.take(&CLIENT_ID)?;
        let key_id = fields.take(&KEY_ID)?;
        let token_uri = fields.take(&TOKEN_URI)?;
        let private_key = Secret::new(fields.take(&PRIVATE_KEY)?);
        check_id(CLIENT_ID[0], &client_id)?;
        check_id(KEY_ID[0], &key_id)?;
        let endpoint = endpoint(&token_uri, more_hosts).map_err(Reason::TokenUri)?;
        if private_key.expose().is_empty() {
            return Err(Reason::Empty(PRIVATE_KEY[0]));
        }
        let key = PrivateKey::parse(&with_real_line_breaks(private_key.expose()));
        let key = key.and_then(|key| key.require(Algorithm::Rs256)).map_err(Reason::PrivateKey)?;
        Ok(Self { client_id, key_id, token_uri, endpoint, signer: Arc::new(key) })
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    pub(super) fn token_uri(&self) -> &str {
        &self.token_uri
    }

    pub(super) fn endpoint(&self) -> &TokenEndpoint {
        &self.endpoint
    }

    pub(super) fn signer(&self) -> &dyn Signer {
        &*self.signer
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

struct Fields(Found<11>);

impl Fields {
    /// Refuses a field that is there twice, in one spelling or in two.
    fn check_duplicates(&self) -> Result<(), Reason> {
        for names in [&CLIENT_ID[..], &KEY_ID, &TOKEN_URI, &PRIVATE_KEY] {
            let given = names.iter().filter(|name| self.position(name).is_some_and(|at| self.0.values[at].is_some()));
            let twice = self.0.duplicate.is_some_and(|name| names.contains(&name));
            if twice || given.count() > 1 {
                return Err(Reason::DuplicateField(names[0]));
            }
        }
        Ok(())
    }

    fn take(&mut self, names: &[&'static str]) -> Result<String, Reason> {
        let place = names.iter().filter_map(|name| self.position(name)).find(|at| self.0.values[*at].is_some());
        match place.and_then(|at| self.0.values[at].take()) {
            None => Err(Reason::MissingField(names[0])),
            Some(Raw::Text(text)) => Ok(text),
            Some(_) => Err(Reason::WrongType(names[0])),
        }
    }

    fn position(&self, name: &str) -> Option<usize> {
        NAMES.iter().position(|known| *known == name)
    }
}

fn read_fields(json: &str) -> Result<Found<11>, Reason> {
    match read_object(json.as_bytes(), NAMES) {
        Ok(found) => Ok(found),
        Err(AnswerError::NotObject) => Err(Reason::NotObject),
        Err(_) => {
            let again = with_escaped_line_breaks(json).and_then(|text| read_object(text.as_bytes(), NAMES).ok());
            again.ok_or_else(|| Reason::NotJson { line: last_line(json) })
        }
    }
}

/// The line at which it stops to be JSON. Nothing else of the parser's error is used: it may quote the text.
fn last_line(json: &str) -> usize {
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    serde_json::from_str::<IgnoredAny>(json).map_or_else(|error| error.line().max(1), |_| 1)
}

/// Ids go into an assertion and into headers of logs: no white space, nothing that can't be seen.
fn check_id(name: &'static str, id: &str) -> Result<(), Reason> {
    let is_invisible = |c: char| {
        let marks = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
        c.is_control() || c.is_whitespace() || marks || c == '\u{feff}'
    };
    match id {
        "" => Err(Reason::Empty(name)),
        id if id.contains(is_invisible) => Err(Reason::InvalidChar(name)),
        _ => Ok(()),
    }
}

fn endpoint(token_uri: &str, more_hosts: &[&str]) -> Result<TokenEndpoint, UrlError> {
    let uri = url::parse(token_uri, For::TokenEndpoint)?;
    let host = uri.host().unwrap_or_default();
    if !url::host_allowed(host, &TOKEN_HOSTS) && !url::host_allowed(host, more_hosts) {
        return Err(UrlError::HostNotAllowed);
    }
    TokenEndpoint::parse(token_uri).map_err(|_| UrlError::Parse)
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
