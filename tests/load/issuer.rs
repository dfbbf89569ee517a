//! Who issues tokens, and knows whose each is.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use auth_core::{Error, FetchContext, Token, TokenSource};

/// Clones are the same issuer. It remembers only the tokens that are valid.
#[derive(Clone)]
pub(crate) struct Issuer(Arc<Inside>);

struct Inside {
    life: Duration,
    issued: Mutex<Issued>,
}

#[derive(Default)]
struct Issued {
    count: usize,
    valid: Vec<(usize, usize, Instant)>,
}

impl Issuer {
    /// Of tokens that live so long.
    pub(crate) fn of_tokens_for(life: Duration) -> Self {
        Self(Arc::new(Inside { life, issued: Mutex::default() }))
    }

    pub(crate) fn life(&self) -> Duration {
        self.0.life
    }

    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.issued.lock().unwrap().count
    }

    /// A token for this owner.
    pub(crate) fn issue(&self, owner: usize) -> String {
        let mut issued = self.0.issued.lock().unwrap();
        issued.count += 1;
        let (number, now) = (issued.count, Instant::now());
        issued.valid.retain(|(_, _, end)| *end > now);
        issued.valid.push((number, owner, now + self.0.life));
        format!("token-{number}-of-{owner}")
    }

    /// Whose token an `Authorization` has, if it is valid now.
    pub(crate) fn owner(&self, authorization: Option<&str>) -> Option<usize> {
        let token = authorization?.strip_prefix("Bearer ")?;
        let (number, owner) = token.strip_prefix("token-")?.split_once("-of-")?;
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

/// The fewest tokens with which one can do for so long, and the most that the policy allows: the first early refresh is due when a
/// quarter of a life is left, or up to a fifth of that earlier or later; a second more for one under way at the end.
pub(crate) fn needed(life: Duration, took: Duration) -> (usize, usize) {
    let lives = took.as_secs_f64() / life.as_secs_f64();
    (lives.ceil() as usize, (lives / 0.7).ceil() as usize + 1)
}
