//! A source that brings what a test says.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{Error, FetchContext, Reason, Token, TokenSource};

/// Brings these tokens and errors, in order, and keeps why it was asked. Clones share both. When the script has ended, each call
/// is an error that says so ([`Misconfigured`](crate::ErrorKind::Misconfigured)).
///
/// ```
/// use auth_core::{Authenticator, Error, Reason, Token, runtime::FakeRuntime, testing::ScriptedSource};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), Error> {
/// let minute = Duration::from_secs(60);
/// let source = ScriptedSource::new([
///     Ok(Token::bearer("one").expires_in(minute)),
///     Err(Error::transient("down").do_not_repeat()),
/// ]);
/// let clock = FakeRuntime::new();
/// let auth = Authenticator::builder(source.clone()).anywhere().runtime(clock.clone()).build()?;
///
/// clock.block_on(auth.warm_up())?;
/// clock.advance(minute);
/// assert_eq!(clock.block_on(auth.warm_up()).unwrap_err().to_string(), "auth: down");
/// assert_eq!(source.reasons(), [Reason::First, Reason::Due]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct ScriptedSource(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    answers: VecDeque<Result<Token, Error>>,
    reasons: Vec<Reason>,
}

impl ScriptedSource {
    /// Brings these.
    pub fn new(answers: impl IntoIterator<Item = Result<Token, Error>>) -> Self {
        Self(Arc::new(Mutex::new(Script { answers: answers.into_iter().collect(), reasons: Vec::new() })))
    }

    /// And this, behind what is left.
    pub fn push(&self, answer: Result<Token, Error>) {
        self.script().answers.push_back(answer);
    }

    /// Why it was asked, each time: as many as there were calls.
    pub fn reasons(&self) -> Vec<Reason> {
        self.script().reasons.clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl TokenSource for ScriptedSource {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let mut script = self.script();
        script.reasons.push(cx.reason());
        script.answers.pop_front().unwrap_or_else(|| Err(Error::misconfigured("the script has ended")))
    }
}

impl fmt::Debug for ScriptedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let script = self.script();
        let (left, calls) = (script.answers.len(), script.reasons.len());
        f.debug_struct("ScriptedSource").field("answers", &left).field("calls", &calls).finish()
    }
}
