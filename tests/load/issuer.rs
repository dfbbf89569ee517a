//! Who issues tokens, and knows whose each is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use auth_core::{Error, FetchContext, Token, TokenSource};

use crate::listening::CANARY;

/// Clones are the same issuer. It remembers only the tokens that are valid.
#[derive(Clone)]
pub(crate) struct Issuer(Arc<Inside>);

struct Inside {
    life: Duration,
    issued: Mutex<Issued>,
    is_down: AtomicBool,
}

#[derive(Default)]
struct Issued {
    count: usize,
    valid: Vec<(usize, usize, Instant)>,
}

impl Issuer {
    /// Of tokens that live so long.
    pub(crate) fn of_tokens_for(life: Duration) -> Self {
        Self(Arc::new(Inside { life, issued: Mutex::default(), is_down: AtomicBool::new(false) }))
    }

    pub(crate) fn life(&self) -> Duration {
        self.0.life
    }

    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.issued.lock().unwrap().count
    }

    /// No token that there is is valid any more.
    pub(crate) fn revoke_all(&self) {
        self.0.issued.lock().unwrap().valid.clear();
    }

    /// Whether it answers with 503.
    pub(crate) fn is_down(&self) -> bool {
        self.0.is_down.load(Ordering::SeqCst)
    }

    pub(crate) fn set_down(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::SeqCst);
    }

    /// A token for this owner.
    pub(crate) fn issue(&self, owner: usize) -> String {
        let mut issued = self.0.issued.lock().unwrap();
        issued.count += 1;
        let (number, now) = (issued.count, Instant::now());
        issued.valid.retain(|(_, _, end)| *end > now);
        issued.valid.push((number, owner, now + self.0.life));
        format!("{CANARY}{number}-of-{owner}")
    }

    /// Whose token an `Authorization` has, if it is valid now.
    pub(crate) fn owner(&self, authorization: Option<&str>) -> Option<usize> {
        let token = authorization?.strip_prefix("Bearer ")?;
        let (number, owner) = token.strip_prefix(CANARY)?.split_once("-of-")?;
        let (number, owner) = (number.parse::<usize>().ok()?, owner.parse::<usize>().ok()?);
        let issued = self.0.issued.lock().unwrap();
        let found = issued.valid.iter().find(|(known, whose, _)| (*known, *whose) == (number, owner))?;
        (found.2 > Instant::now()).then_some(owner)
    }

    /// What fetches tokens for this owner, in this process.
    pub(crate) fn source(&self, owner: usize) -> impl TokenSource {
        InProcess { issuer: self.clone(), owner }
    }
}

struct InProcess {
    issuer: Issuer,
    owner: usize,
}

#[async_trait]
impl TokenSource for InProcess {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        // As long as an issuer far away takes.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(Token::bearer(self.issuer.issue(self.owner)).expires_in(self.issuer.life()))
    }
}

/// The fewest tokens with which one can do for so long, and the most that the policy allows: an early refresh is due when a quarter of
/// a life is left, or up to a fifth of that earlier.
pub(crate) fn needed(life: Duration, took: Duration) -> (usize, usize) {
    let lives = took.as_secs_f64() / life.as_secs_f64();
    ((lives.ceil() as usize).max(1), 1 + (lives / 0.7).floor() as usize)
}
