//! From what a helper program printed to a token.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use thiserror::Error;

use super::document;
use super::format::ExecFormat;
use crate::ErrorKind;
use crate::token_value::{self, TokenValueError};
use crate::{Secret, Token};

/// Why an output is no token. No message repeats any of the output.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum OutputError {
    /// It printed nothing.
    #[error("it printed nothing")]
    Empty,
    /// A warning, perhaps, and then the token.
    #[error("it printed more than one line; make it print the token alone")]
    MultiLine,
    /// A line that is no token.
    #[error("{0}")]
    Line(TokenValueError),
    /// No JSON, or something besides.
    #[error("it is not JSON, or not JSON alone; make it print one JSON object and no log lines")]
    NotJson,
    /// JSON, but no object.
    #[error("it is JSON, but no object")]
    NotObject,
    /// Something that has to be there is not.
    #[error("it has no `{0}`")]
    MissingField(&'static str),
    /// A field that is known is given more than once.
    #[error("it gives `{0}` more than once")]
    DuplicateField(Cow<'static, str>),
    /// A field is of another JSON type than it has to be.
    #[error("its `{0}` is not of the right JSON type")]
    WrongType(&'static str),
    /// A token inside JSON that can't be sent.
    #[error("its token can't be sent: {0}")]
    Token(TokenValueError),
    /// A type of token that can't be sent as a bearer token.
    #[error("its token is not of the type Bearer")]
    UnsupportedTokenType,
    /// A version of its format that we don't know.
    #[error("its version is not 1, which is the only one known")]
    UnsupportedVersion,
    /// An end that is none.
    #[error("the end of the token's life is neither a date of RFC 3339 with its zone nor seconds since 1970")]
    InvalidExpiry,
    /// Another kind of Kubernetes object.
    #[error("its `kind` is not ExecCredential")]
    WrongKind,
    /// Another API version than was asked for.
    #[error("its `apiVersion` is not the one that was asked for, one of client.authentication.k8s.io")]
    WrongApiVersion,
    /// Half of a client certificate.
    #[error("it has a client certificate without its key, or a key without its certificate")]
    HalfCertificate,
    /// A client certificate in place of a token.
    #[error("it brings a client certificate and no token: this is for programs that authenticate by TLS")]
    CertificateOnly,
    /// Keys that sign requests.
    #[error(
        "it brings AWS access keys, which sign requests and are no token; for the session token choose the format `aws`"
    )]
    AccessKeys,
    /// It says by itself that it failed, perhaps with a code.
    #[error("it says that it failed{}; run it by hand to see why", if .0.is_some() { " with this code" } else { "" })]
    Reported(Option<String>),
}

impl OutputError {
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::CertificateOnly | Self::AccessKeys => ErrorKind::Misconfigured,
            Self::Reported(Some(code)) if matches!(code.as_str(), "400" | "401" | "403") => ErrorKind::Rejected,
            Self::Reported(_) => ErrorKind::Transient,
            _ => ErrorKind::Malformed,
        }
    }
}

/// A token and its end, as a helper states them.
#[derive(Debug)]
pub(super) struct Printed {
    pub(super) token: Secret,
    pub(super) end: Option<End>,
}

/// When it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    At(SystemTime),
    In(Duration),
}

impl Printed {
    /// Puts the end on a token made of the secret. It was found: helpers keep what they were given, and print it again.
    pub(super) fn tell(&self, token: Token) -> Token {
        match self.end {
            Some(End::At(end)) => token.expires_at(end),
            Some(End::In(lifetime)) => token.expires_in(lifetime),
            None => token,
        }
        .found()
    }
}

/// Reads what a helper printed.
pub(super) fn parse(output: &[u8], format: ExecFormat) -> Result<Printed, OutputError> {
    let text = output.strip_prefix(b"\xef\xbb\xbf").unwrap_or(output).trim_ascii();
    if text.is_empty() {
        return Err(OutputError::Empty);
    }
    match format {
        ExecFormat::Line => line(output),
        // A list is no token either, though it may be made of a token's characters.
        ExecFormat::Detect if !text.starts_with(b"{") && !text.starts_with(b"[") => line(output),
        _ => document::parse(text, format),
    }
}

fn line(output: &[u8]) -> Result<Printed, OutputError> {
    let token = token_value::clean(output).map_err(|reason| {
        let inner = output.trim_ascii();
        match reason {
            TokenValueError::Empty => OutputError::Empty,
            TokenValueError::Utf16 | TokenValueError::Encoding | TokenValueError::TooLong => OutputError::Line(reason),
            _ if inner.contains(&b'\n') || inner.contains(&b'\r') => OutputError::MultiLine,
            _ => OutputError::Line(reason),
        }
    })?;
    Ok(Printed { token: Secret::from(token), end: None })
}

#[cfg(test)]
mod tests;
