//! The source that asks its links one after the other.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::explanation::{ChainExplanation, LinkExplanation, LinkState};
use super::link::Link;
use super::probe;
use crate::runtime::nanos;
use crate::settings::Setting;
use crate::{Env, Error, ErrorKind, FetchContext, Token, TokenSource};

/// The variable that chooses one link by its name.
const VARIABLE: &str = "AUTHCTL_SOURCE";

/// The same for the reference.
pub(crate) const CHOSEN: Setting =
    Setting::new("source", "the link of a chain that alone is asked, by its name").with_variables(&[VARIABLE]);

/// Several sources, of which the first that is configured is used: a variable on a laptop, a file in a pod, a metadata
/// service on a machine.
///
/// Not for fallbacks: it goes on only where **nothing is configured** ([`Unavailable`](ErrorKind::Unavailable)). What is
/// configured and broken, refused, or out of reach at the moment stops it with that error, because a program must not change
/// who it is when a network is slow.
///
/// For the same reason it settles: the link that brings the first token is the only one that is asked from then on, also if
/// it fails later, and even if its setting is taken away. Nothing but a new chain starts over: not a failure, not a 401, not
/// `invalidate()`. Clones share what was settled.
///
/// `AUTHCTL_SOURCE` in the environment chooses a link by its name; then only that one is asked, and that it is not configured is
/// an error of the kind `Misconfigured`.
///
/// ```
/// use auth_core::sources::{Chain, EnvToken, FileToken, Link};
/// use auth_core::{Authenticator, Env};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let env = Env::of([("ACME_TOKEN", "t")]);
/// let chain = Chain::new([
///     Link::new("env", EnvToken::of(env.clone(), "ACME_TOKEN")),
///     Link::new("file", FileToken::new("/run/secrets/acme")),
/// ]);
/// let auth = Authenticator::builder(chain.clone()).for_origins(["https://api.acme.example"]).build()?;
/// # let _ = auth;
/// assert_eq!(chain.explain().links()[1].name(), "file");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Of a fetch: the kind, `Retry-After`, code and host are those of the link that stopped it, and `Unavailable` if none is
/// configured. The message lists what each link said that was asked; [`Error::causes`] has them one by one.
#[derive(Clone)]
pub struct Chain {
    links: Arc<[Link]>,
    env: Env,
    shared: Arc<Mutex<Shared>>,
}

/// What is known of the links. Held for a look or a note only.
#[derive(Default)]
struct Shared {
    winner: Option<usize>,
    notes: Vec<Note>,
}

#[derive(Clone, Default)]
struct Note {
    state: LinkState,
    /// Until when it need not be probed again, on the steady clock.
    absent_until: Option<u64>,
}

impl Chain {
    /// For how long a link that [has to be found](Link::probe_first) and was not there is not asked again.
    pub const REMEMBERED: Duration = Duration::from_secs(5 * 60);

    /// These links, in this order.
    pub fn new(links: impl IntoIterator<Item = Link>) -> Self {
        let mut links: Vec<Link> = links.into_iter().collect();
        refuse_other_endpoints(&mut links);
        let notes = links.iter().map(|link| Note { state: of_made(link), absent_until: None }).collect();
        Self { links: links.into(), env: Env::process(), shared: Arc::new(Mutex::new(Shared { winner: None, notes })) }
    }

    /// The environment in which `AUTHCTL_SOURCE` is looked up, at every fetch. Default: the process's.
    #[must_use]
    pub fn in_env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// How its links stand, and where their settings came from.
    pub fn explain(&self) -> ChainExplanation {
        let shared = self.shared();
        let links = self.links.iter().zip(&shared.notes).map(|(link, note)| LinkExplanation {
            name: link.name.clone(),
            state: note.state.clone(),
            settings: link.explanation.clone(),
        });
        let chosen = self.chosen().ok().flatten().map(|at| self.links[at].name.to_string());
        ChainExplanation { chosen, links: links.collect() }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The link that the environment chooses.
    fn chosen(&self) -> Result<Option<usize>, Error> {
        let Some((name, _)) = self.env.choice(VARIABLE)? else { return Ok(None) };
        let at = self.links.iter().position(|link| link.name == name.trim());
        at.map(Some).ok_or_else(|| {
            let known = within(200, self.links.iter().map(Link::shown));
            Error::misconfigured(format!("{VARIABLE} names no link of this chain, which has: {known}"))
        })
    }

    /// Asks one link, and notes how it stands then.
    async fn ask(&self, at: usize, cx: &FetchContext) -> Result<Token, Error> {
        let link = &self.links[at];
        let is_chosen = self.chosen().is_ok_and(|chosen| chosen == Some(at));
        let result = match &link.source {
            Err(error) => Err(error.clone()),
            Ok(source) => match link.probe.filter(|_| self.shared().winner != Some(at)) {
                None => source.fetch(cx).await,
                Some(limit) => self.find(at, source.as_ref(), cx, limit).await,
            },
        };
        let result = result.map_err(|error| error.named(&link.shown()));
        let mut shared = self.shared();
        if result.is_ok() {
            shared.winner.get_or_insert(at);
        }
        let is_winner = shared.winner == Some(at);
        shared.notes[at].state = match &result {
            Ok(_) if !is_winner && !is_chosen => LinkState::NotTried,
            Ok(_) => LinkState::Used(None),
            Err(error) if is_winner => LinkState::Used(Some(error.clone())),
            Err(error) if error.kind() == ErrorKind::Unavailable => LinkState::NotConfigured(error.clone()),
            Err(error) => LinkState::Broken(error.clone()),
        };
        result
    }

    /// Asks one that may not be there, unless it was not there a moment ago.
    async fn find(
        &self,
        at: usize,
        source: &dyn TokenSource,
        cx: &FetchContext,
        limit: Duration,
    ) -> Result<Token, Error> {
        let note = self.shared().notes[at].clone();
        let is_absent = note.absent_until.is_some_and(|until| cx.now().steady() < until);
        if let (true, LinkState::NotConfigured(error)) = (is_absent, note.state) {
            return Err(error);
        }
        let result = probe::fetch(source, cx, limit).await;
        let is_absent = result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unavailable);
        let until = cx.now().steady().saturating_add(nanos(Self::REMEMBERED));
        self.shared().notes[at].absent_until = is_absent.then_some(until);
        result
    }

    /// Asks the only link that may be asked.
    async fn ask_only(&self, at: usize, cx: &FetchContext, why: &str) -> Result<Token, Error> {
        self.ask(at, cx).await.map_err(|error| {
            let head = format!("the chain asks only `{}`, {why}", self.links[at].shown());
            error.clone().of_chain(head, vec![error])
        })
    }
}

#[async_trait]
impl TokenSource for Chain {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        if let Some(at) = self.chosen()? {
            let token = self.ask_only(at, cx, &format!("which {VARIABLE} chooses")).await;
            // Who sets it means it.
            return token.map_err(|error| match error.kind() {
                ErrorKind::Unavailable => error.of_kind(ErrorKind::Misconfigured),
                _ => error,
            });
        }
        let winner = self.shared().winner;
        if let Some(at) = winner {
            return self.ask_only(at, cx, "which brought its first token").await;
        }
        let mut causes = Vec::new();
        for (at, link) in self.links.iter().enumerate() {
            let asked = self.ask(at, cx).await;
            // A clone may have settled while this link was asked: two callers must not become two identities.
            let winner = self.shared().winner;
            if let Some(winner) = winner.filter(|winner| *winner != at) {
                return self.ask_only(winner, cx, "which brought its first token").await;
            }
            let error = match asked {
                Ok(token) => return Ok(token),
                Err(error) => error,
            };
            causes.push(error.clone());
            if error.kind() != ErrorKind::Unavailable {
                return Err(error.of_chain(format!("the chain stopped at `{}`", link.shown()), causes));
            }
        }
        if causes.is_empty() {
            return Err(Error::misconfigured("the chain has no links"));
        }
        let head = "no link of the chain is configured".to_owned();
        Err(Error::unavailable("").of_chain(head, causes))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let winner = self.shared().winner.map(|at| &self.links[at].name);
        f.debug_struct("Chain").field("links", &self.links).field("winner", &winner).finish_non_exhaustive()
    }
}

/// How a link stands before it is asked.
fn of_made(link: &Link) -> LinkState {
    match &link.source {
        Ok(_) => LinkState::NotTried,
        Err(error) if error.kind() == ErrorKind::Unavailable => {
            LinkState::NotConfigured(error.clone().named(&link.shown()))
        }
        Err(error) => LinkState::Broken(error.clone().named(&link.shown())),
    }
}

/// A link for another endpoint than the first that has one would send its token to a stranger.
fn refuse_other_endpoints(links: &mut [Link]) {
    let Some(first) = links.iter().find(|link| link.endpoint.is_some()) else { return };
    let (name, endpoint) = (first.shown(), first.endpoint.clone());
    for link in links.iter_mut().filter(|link| link.endpoint.is_some() && link.endpoint != endpoint) {
        let message = format!("it is for another endpoint than the link `{name}`: a chain is for one API");
        link.source = Err(Error::misconfigured(message));
    }
}

/// As many of the names as there is room for.
fn within(room: usize, names: impl Iterator<Item = String>) -> String {
    let mut list = String::new();
    for name in names {
        if list.len() + name.len() > room {
            return list + ", ..";
        }
        list = if list.is_empty() { name } else { format!("{list}, {name}") };
    }
    list
}
