//! Why a text is no credentials.json.

use thiserror::Error as ThisError;

use crate::Error;
use crate::signer::KeyError;
use crate::url::UrlError;

/// Why a text is no credentials.json. No message repeats any of it; fields go by the names that Skyflow writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub(super) enum Reason {
    /// No JSON, or more than one value.
    #[error("the Skyflow credentials are not JSON (line {line}): give the content of credentials.json, whole")]
    NotJson {
        /// Where reading stopped, from 1.
        line: usize,
    },
    /// JSON, but no object.
    #[error("the Skyflow credentials are no JSON object: give the content of credentials.json, not a part of it")]
    NotObject,
    /// More than a file may have.
    #[error("the Skyflow credentials are longer than 1 MiB: this is another file")]
    TooLong,
    /// A field that has to be there is not, or null.
    #[error("the Skyflow credentials have no `{0}`: download credentials.json again, or add the field")]
    MissingField(&'static str),
    /// A field is there twice, be it in two spellings.
    #[error("the Skyflow credentials have `{0}` more than once: remove all but one")]
    DuplicateField(&'static str),
    /// A field that has to be a string is none.
    #[error("the `{0}` of the Skyflow credentials is not a string: put it in quotes")]
    WrongType(&'static str),
    /// A field has nothing in it.
    #[error("the `{0}` of the Skyflow credentials is empty: fill it in")]
    Empty(&'static str),
    /// An id with a character that no id has.
    #[error("the `{0}` of the Skyflow credentials holds white space or an invisible character: remove it")]
    InvalidChar(&'static str),
    /// The URL that the key's assertions go to.
    #[error("the `tokenURI` of the Skyflow credentials {}", refusal(*.0))]
    TokenUri(UrlError),
    /// The key.
    #[error("the Skyflow credentials' `privateKey`: {0}")]
    PrivateKey(KeyError),
}

fn refusal(reason: UrlError) -> String {
    match reason {
        UrlError::HostNotAllowed => {
            "names a host that is none of Skyflow's: correct it, or allow the host with `allow_token_host`".to_owned()
        }
        other => format!("is refused: {other}"),
    }
}

impl From<Reason> for Error {
    fn from(reason: Reason) -> Self {
        Self::misconfigured(reason.to_string())
    }
}
