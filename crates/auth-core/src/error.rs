//! The one error of this crate: what went wrong, whether waiting helps, and which setting to change.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::settings::Provenance;

/// What went wrong, in terms of what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing is configured here: no variable, no file. Set one of the names in the message.
    Unavailable,
    /// A setting is there but wrong. Correct the setting that the message names.
    Misconfigured,
    /// The issuer refused the credential (an error answer of RFC 6749 section 5.2, or the vendor's), or the API refused the
    /// token and there is no better one. Replace the credential, or ask for its rights; [`code`](Error::code) says why.
    Rejected,
    /// The answer is no token answer: HTML, truncated JSON, a missing field. Usually something between us and the issuer;
    /// it is tried again.
    Malformed,
    /// The issuer is unreachable or overloaded. It is tried again; [`retry_at`](Error::retry_at) says when.
    Transient,
    /// A person has to sign in or consent. Nothing else helps.
    InteractionRequired,
    /// The token had no life left when it arrived. Check the clocks, or replace the token.
    ExpiredOnArrival,
    /// A credential would have gone over plain HTTP to another machine. Use https.
    InsecureTransport,
    /// No answer in time. The request may be repeated.
    Timeout,
    /// The authenticator was shut down.
    Closed,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable => "unavailable",
            Self::Misconfigured => "misconfigured",
            Self::Rejected => "rejected",
            Self::Malformed => "malformed",
            Self::Transient => "transient",
            Self::InteractionRequired => "interaction required",
            Self::ExpiredOnArrival => "expired on arrival",
            Self::InsecureTransport => "insecure transport",
            Self::Timeout => "timeout",
            Self::Closed => "closed",
        })
    }
}

/// Why there is no token, or why one was not attached.
///
/// Cheap to clone: all callers that wait for the same fetch get the same error. `Display` is one line that names the
/// setting to change; of a chain whose list does not fit into one, a line for each of its links. It holds no secret: neither
/// the credential, nor a URL's path or query, nor anything of the issuer's answer but its `error*` fields.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<Arc<str>>,
    host: Option<Box<str>>,
    status: Option<u16>,
    code: Option<Box<str>>,
    description: Option<Box<str>>,
    request_id: Option<Box<str>>,
    retry_after: Option<Duration>,
    retry_at: Option<SystemTime>,
    causes: Arc<[Error]>,
    repeat: bool,
    never_sent: bool,
    lesson: Lesson,
}

/// What a failure teaches about the next attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lesson {
    /// To wait.
    Wait,
    /// Nothing: the task was dropped half-way.
    Dropped,
    /// Nothing: there was nothing to run it on.
    NotStarted,
}

impl Error {
    /// An error of a kind, with a message: lower case, no full stop, naming the setting to change.
    ///
    /// The message is shown as it is: put no secret into it, and no other error's text that may quote one (those of JSON
    /// parsers and HTTP clients do).
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            source: None,
            host: None,
            status: None,
            code: None,
            description: None,
            request_id: None,
            retry_after: None,
            retry_at: None,
            causes: Arc::default(),
            repeat: true,
            never_sent: false,
            lesson: Lesson::Wait,
        }))
    }

    /// Shorthand for [`ErrorKind::Unavailable`].
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// Shorthand for [`ErrorKind::Misconfigured`].
    pub fn misconfigured(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Misconfigured, message)
    }

    /// Shorthand for [`ErrorKind::Transient`].
    pub fn transient(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Transient, message)
    }

    /// The issuer's own code and description (`error` and `error_description` of RFC 6749 section 5.2).
    #[must_use]
    pub fn with_code(self, code: Option<String>, description: Option<String>) -> Self {
        self.edit(|inner| {
            inner.code = code.map(Into::into);
            inner.description = description.map(Into::into);
        })
    }

    /// How long the issuer asked to be left alone (`Retry-After`, RFC 9110 section 10.2.3). A floor under every pause.
    #[must_use]
    pub fn with_retry_after(self, pause: Option<Duration>) -> Self {
        self.edit(|inner| inner.retry_after = pause)
    }

    /// The host that was asked.
    #[must_use]
    pub fn with_host(self, host: impl Into<String>) -> Self {
        self.edit(|inner| inner.host = Some(host.into().into()))
    }

    /// The HTTP status of the issuer's answer.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.edit(|inner| inner.status = Some(status))
    }

    /// The id the server gave the request (such as `x-request-id`), which its vendor's support asks for. What can't stand in
    /// one line of a log is left out.
    #[must_use]
    pub fn with_request_id(self, id: Option<&str>) -> Self {
        let is_id = |id: &&str| !id.is_empty() && id.len() <= 100 && id.bytes().all(|byte| byte.is_ascii_graphic());
        self.edit(|inner| inner.request_id = id.filter(is_id).map(Into::into))
    }

    /// Do not repeat the request within this acquisition: the single-use input (a refresh token, a device code) may have
    /// been consumed, or the same question would get the same answer.
    #[must_use]
    pub fn do_not_repeat(self) -> Self {
        self.edit(|inner| inner.repeat = false)
    }

    /// The request was never sent (no connection): even single-use input is still good.
    #[must_use]
    pub fn never_sent(self) -> Self {
        self.edit(|inner| inner.never_sent = true)
    }

    /// What to do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Transient | ErrorKind::Malformed | ErrorKind::Timeout)
    }

    /// From when a caller causes the next attempt, if this failure is being kept. Until then it is returned at once, without
    /// a request.
    pub fn retry_at(&self) -> Option<SystemTime> {
        self.0.retry_at
    }

    /// How long the issuer asked to be left alone, as it said it.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The id of the source or authenticator it comes from.
    pub fn source_id(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// The host that was asked.
    pub fn host(&self) -> Option<&str> {
        self.0.host.as_deref()
    }

    /// The HTTP status of the issuer's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The issuer's error code, such as `invalid_client` (RFC 6749 section 5.2).
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The issuer's description of the error, shortened and stripped of control characters.
    pub fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The id the server gave the request, for its vendor's support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What each link of a chain said, in their order, as far as they were asked; the [`source_id`](Self::source_id) of each is
    /// the link's name. Empty for an error that comes from one source.
    pub fn causes(&self) -> &[Self] {
        &self.0.causes
    }

    /// What a chain makes of this error of one of its links: it keeps all that says what to do about it, and tells of the
    /// others.
    pub(crate) fn of_chain(self, head: String, causes: Vec<Self>) -> Self {
        self.edit(|inner| {
            inner.message = head.into();
            inner.source = None;
            inner.causes = causes.into();
        })
    }

    /// The same error, from the source of this name.
    pub(crate) fn named(self, id: &str) -> Self {
        self.edit(|inner| inner.source = Some(id.into()))
    }

    /// The same error, to be passed on.
    pub(crate) fn of_kind(self, kind: ErrorKind) -> Self {
        self.edit(|inner| inner.kind = kind)
    }

    /// The same error, which says in which place the value stands that is wrong.
    pub(crate) fn at(self, place: &Provenance) -> Self {
        self.edit(|inner| inner.message = format!("{} (from {place})", inner.message).into())
    }

    /// The same failure, understood better.
    pub(crate) fn reworded(self, kind: ErrorKind, message: &'static str) -> Self {
        self.edit(|inner| (inner.kind, inner.message) = (kind, message.into()))
    }

    pub(crate) fn may_repeat(&self) -> bool {
        self.is_transient() && self.0.repeat
    }

    /// The flight's task was dropped, usually because its runtime shut down: nobody's fault, nothing learned.
    pub(crate) fn flight_dropped() -> Self {
        Self::transient("the task that fetched the token was dropped before it finished (its runtime shut down)")
            .do_not_repeat()
            .edit(|inner| inner.lesson = Lesson::Dropped)
    }

    /// There was no runtime to fetch on.
    pub(crate) fn no_runtime() -> Self {
        Self::misconfigured(
            "a token has to be fetched, but there is no async runtime: call from within a tokio runtime, or give one \
             with `.runtime(..)` on the authenticator's builder",
        )
        .edit(|inner| inner.lesson = Lesson::NotStarted)
    }

    /// Whether it says nothing about the issuer, so that the next caller need not wait.
    pub(crate) fn teaches_nothing(&self) -> bool {
        self.0.lesson != Lesson::Wait
    }

    pub(crate) fn is_flight_dropped(&self) -> bool {
        self.0.lesson == Lesson::Dropped
    }

    /// After single-use input may have been sent: not repeated unless it is known that it was not, or there was an answer.
    pub(crate) fn after_single_use(self) -> Self {
        if self.0.never_sent || self.0.status.is_some() { self } else { self.do_not_repeat() }
    }

    /// Whether it is known that no request was sent.
    pub(crate) fn is_never_sent(&self) -> bool {
        self.0.never_sent
    }

    pub(crate) fn with_source_if_none(self, id: &Arc<str>) -> Self {
        if self.0.source.is_some() {
            return self;
        }
        self.edit(|inner| inner.source = Some(Arc::clone(id)))
    }

    pub(crate) fn with_retry_at(self, at: Option<SystemTime>) -> Self {
        self.edit(|inner| inner.retry_at = at)
    }

    fn edit(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(source) = &inner.source {
            write!(f, "{source}: ")?;
        }
        f.write_str(&inner.message)?;
        if !inner.causes.is_empty() {
            // Code, host and request are in the line of the link that they are from.
            let used = inner.source.as_ref().map_or(0, |source| source.len() + 2) + inner.message.len();
            return write_list(f, used, &inner.causes);
        }
        match (&inner.code, &inner.description) {
            (Some(code), Some(text)) => write!(f, " ({code}: {text})")?,
            (Some(text), None) | (None, Some(text)) => write!(f, " ({text})")?,
            (None, None) => {}
        }
        if let Some(host) = &inner.host {
            write!(f, " [{host}]")?;
        }
        if let Some(id) = &inner.request_id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

/// No line of an error is longer.
const LONGEST_LINE: usize = 299;

/// More links than this have nothing to add.
const MOST_CAUSES: usize = 16;

/// The causes in one line, if that is short enough, else each in its own.
fn write_list(f: &mut fmt::Formatter<'_>, used: usize, causes: &[Error]) -> fmt::Result {
    let more = causes.len().saturating_sub(MOST_CAUSES);
    let more = (more > 0).then(|| format!("and {more} more"));
    let lines: Vec<String> = causes.iter().take(MOST_CAUSES).map(one_line).chain(more).collect();
    let whole: usize = lines.iter().map(|line| line.len() + 2).sum();
    let (first, between) = if used + whole <= LONGEST_LINE { (": ", "; ") } else { (":\n  ", "\n  ") };
    write!(f, "{first}{}", lines.join(between))
}

/// An error in a line of a list.
pub(crate) fn one_line(error: &Error) -> String {
    const ROOM: usize = LONGEST_LINE - 12; // some goes before it, and two dots after
    let mut line = error.to_string().replace(":\n  ", ": ").replace("\n  ", "; ");
    if line.len() > ROOM {
        let end = (0..=ROOM).rev().find(|&end| line.is_char_boundary(end)).unwrap_or(0);
        line.truncate(end);
        line.push_str("..");
    }
    line
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &format_args!("{self}"))
            .field("status", &self.0.status)
            .field("retry_after", &self.0.retry_after)
            .field("retry_at", &self.0.retry_at)
            .finish()
    }
}

impl std::error::Error for Error {}
