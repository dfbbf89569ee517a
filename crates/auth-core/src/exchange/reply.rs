//! Making sense of a token endpoint's reply, whatever it is.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Response, StatusCode};

use super::answer::{self, AnswerError, ErrorAnswer};
use super::{TokenAnswer, TokenType, retry_after};
use crate::{Error, ErrorKind, Secret, Token};

/// Error codes that mean "later", whatever the status (RFC 6749 section 4.1.2.1 has the first two).
const LATER: [&str; 3] = ["temporarily_unavailable", "server_error", "slow_down"];

/// Error codes that mean that a person is needed (OpenID Connect Core section 3.1.2.6).
const INTERACTION: [&str; 4] =
    ["interaction_required", "login_required", "consent_required", "account_selection_required"];

/// A reply, and what is needed to read it without repeating a secret.
pub(crate) struct Reply<'a> {
    pub(crate) response: &'a Response<Bytes>,
    /// Our wall clock, for replies without a usable `Date`.
    pub(crate) now: SystemTime,
    pub(crate) credential: &'a str,
    /// Under which names the answer gives the token and its type.
    pub(crate) names: (&'static str, &'static str),
    /// What it is if the client, not the grant, is refused.
    pub(crate) client: &'a str,
    /// The type of token that the source can use.
    pub(crate) token_type: &'a str,
    /// Whether it can use one of no type, too.
    pub(crate) not_applicable: bool,
    /// What was sent: an issuer may quote it in its description.
    pub(crate) secrets: &'a [&'a str],
}

impl Reply<'_> {
    pub(crate) fn read(&self) -> Result<TokenAnswer, Error> {
        let status = self.response.status();
        let result = match status.as_u16() {
            200..=299 => self.token(),
            300..=399 => Err(Error::new(
                ErrorKind::Malformed,
                format!(
                    "the token endpoint answered with a redirect ({status}), which is not followed: give the final url"
                ),
            )
            .do_not_repeat()),
            408 | 429 | 500..=599 => Err(self.later(status)),
            400..=499 => Err(self.refused(status)),
            _ => Err(Error::new(ErrorKind::Malformed, format!("the token endpoint answered {status}"))),
        };
        let id = self.request_id();
        result.map_err(|error| {
            error.with_status(status.as_u16()).with_retry_after(self.retry_after()).with_request_id(id)
        })
    }

    fn token(&self) -> Result<TokenAnswer, Error> {
        let (access_token, token_type) = self.names;
        let fields = answer::Fields {
            access_token,
            token_type,
            expected_type: self.token_type,
            not_applicable: self.not_applicable,
        };
        let answer = match answer::parse_token(self.response.body(), fields) {
            Ok(answer) => answer,
            Err(AnswerError::OAuth(error)) => return Err(self.explain(error)),
            Err(reason) => {
                return Err(Error::new(ErrorKind::Malformed, format!("the answer is no token answer: {reason}")));
            }
        };
        let mut token = Token::with_scheme(self.token_type.to_owned(), answer.access_token);
        if let Some(now) = self.server_time() {
            token = token.server_time(now);
        }
        token = match (answer.expires_in, answer.expires_at) {
            (Some(lifetime), _) => token.expires_in(lifetime),
            (None, Some(end)) => token.expires_at(end),
            (None, None) => token,
        };
        if let Some(after) = answer.refresh_in {
            token = token.refresh_in(after);
        }
        Ok(TokenAnswer {
            token,
            refresh_token: answer.refresh_token.map(Secret::new),
            scope: answer.scope,
            issued_token_type: answer.issued_token_type.map(TokenType::new),
        })
    }

    fn later(&self, status: StatusCode) -> Error {
        self.in_its_own_words(Error::transient(format!("the token endpoint answered {status}")))
    }

    fn refused(&self, status: StatusCode) -> Error {
        match self.error_answer() {
            Some(answer) => self.explain(answer),
            None => Error::transient(format!(
                "the token endpoint answered {status} without an error code: check its url, and what stands between"
            ))
            .do_not_repeat(),
        }
    }

    /// An error answer in the issuer's own words.
    fn explain(&self, answer: ErrorAnswer) -> Error {
        let code = answer.code.as_deref().unwrap_or_default();
        let error = if LATER.contains(&code) {
            Error::transient("the token endpoint asks to come back later")
        } else if INTERACTION.contains(&code) {
            Error::new(ErrorKind::InteractionRequired, "the issuer wants a person to sign in or consent")
        } else {
            let refused = if code == "invalid_client" { self.client } else { self.credential };
            Error::new(ErrorKind::Rejected, format!("the issuer refused {refused}"))
        };
        let answer = self.redact(answer);
        error.with_code(answer.code, answer.description)
    }

    /// The same error, with the code and description of the answer as far as they repeat no secret.
    pub(crate) fn in_its_own_words(&self, error: Error) -> Error {
        let error = error.with_status(self.response.status().as_u16()).with_request_id(self.request_id());
        match self.error_answer().map(|answer| self.redact(answer)) {
            Some(answer) => error.with_code(answer.code, answer.description),
            None => error,
        }
    }

    fn error_answer(&self) -> Option<ErrorAnswer> {
        answer::parse_error(self.response.body())
    }

    fn redact(&self, answer: ErrorAnswer) -> ErrorAnswer {
        self.secrets.iter().fold(answer, |answer, secret| answer.without(secret))
    }

    /// The id that the issuer gave this request, unless it repeats what was sent.
    fn request_id(&self) -> Option<&str> {
        let id = self.response.headers().get("x-request-id")?.to_str().ok()?;
        let said = ErrorAnswer { code: None, description: Some(id.to_owned()) };
        self.redact(said).description.is_some().then_some(id)
    }

    pub(crate) fn server_time(&self) -> Option<SystemTime> {
        retry_after::server_time(self.response.headers())
    }

    fn retry_after(&self) -> Option<Duration> {
        retry_after::of(self.response.headers(), self.now)
    }
}
