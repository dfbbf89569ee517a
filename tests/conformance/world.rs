//! Everything that a case needs, put together from what is given.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::{Abort, FakeRuntime, Sleep, Task};
use auth_core::runtime::{Moment, Runtime};
use auth_core::sources::{ApiKey, Chain, FileToken, Link};
use auth_core::{Authenticator, Builder, Env, Event, Policy, TokenSource};

use super::assertion::{self, Assertions};
use super::case::{Case, EndpointAnswer, FetchAnswer, Given, Origins, PolicyChanges, Redirects, Replay, TokenFile};
use super::clock::Clock;
use super::configuration::{Configuration, Configured};
use super::endpoint::{Forms, ScriptedEndpoint};
use super::helper::HelperProgram;
use super::moments::Tokens;
use super::run::Make;
use super::script::{Complaints, Script};
use super::server::{ScriptedServer, SeenRequest};
use super::source::{Fetches, ScriptedSource, Watched, make_error};
use crate::rig::{self, Client, Load, Setup};

/// The name of the one credential that most cases have.
const MAIN: &str = "main";

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) complaints: Complaints,
    pub(crate) client: Client,
    pub(crate) replay: Replay,
    pub(crate) seen: Arc<Mutex<Vec<SeenRequest>>>,
    pub(crate) file: PathBuf,
    pub(crate) chain: Option<Chain>,
    /// The calls of each link of the chain.
    pub(crate) asked: HashMap<String, Fetches>,
    pub(crate) helper: Option<HelperProgram>,
    pub(crate) configured: Option<Configured>,
    pub(crate) forms: Forms,
    credentials: HashMap<String, Credential>,
}

/// One authenticator, and what is known of it from the outside.
pub(crate) struct Credential {
    pub(crate) auth: Authenticator,
    pub(crate) fetches: Fetches,
    pub(crate) assertions: Assertions,
    pub(crate) events: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl World {
    /// `run` tells apart the runs of one case.
    pub(crate) fn new(case: &Case, run: &str, adapter: Make) -> Self {
        let given = &case.given;
        let clock = Clock::new(given.no_boot_clock);
        clock.runtime().set_random(given.random);
        let (tokens, complaints) = (Tokens::default(), Complaints::default());
        let name = format!("auth-case-{}-{run}-{}", case.id.replace(['/', ' '], "-"), std::process::id());
        let file = std::env::temp_dir().join(name);
        let forms = Forms::default();
        let maker = Maker { given, clock: &clock, tokens: &tokens, complaints: &complaints, forms: &forms };
        let (chain, asked) = maker.chain();
        let configured = given.configuration.as_ref().map(Configured::new);
        given.configuration.iter().flat_map(Configuration::values).for_each(|value| {
            tokens.issue(value, None, &clock);
        });
        let helper = given.helper.as_ref().map(|helper| HelperProgram::new(helper, &clock, &tokens));

        let mut credentials =
            HashMap::from([(MAIN.to_owned(), maker.main(&file, chain.as_ref(), helper.as_ref(), configured.as_ref()))]);
        for (key, answers) in &given.keys {
            credentials.insert(key.clone(), maker.credential(maker.scripted(answers), None));
        }
        let seen = Arc::default();
        let server = ScriptedServer {
            script: Arc::new(Script::new("API server", &given.server, |rule| rule.times, &complaints)),
            clock: clock.clone(),
            tokens: tokens.clone(),
            seen: Arc::clone(&seen),
        };
        let client = adapter(Setup {
            auth: credentials[MAIN].auth.clone(),
            replay: given.replay.of_the_rig(),
            redirects: given.redirects.of_the_rig(),
            server: Arc::new(server),
        });
        let world = Self {
            clock,
            tokens,
            complaints,
            client,
            replay: given.replay,
            seen,
            file,
            chain,
            asked,
            helper,
            configured,
            forms,
            credentials,
        };
        if let Some(TokenFile { content: Some(content) }) = &given.file {
            world.put_file(Some(content)).unwrap();
        }
        world
    }

    /// Replaces the token file, or removes it.
    pub(crate) fn put_file(&self, content: Option<&str>) -> std::io::Result<()> {
        let Some(content) = content else { return std::fs::remove_file(&self.file) };
        self.tokens.issue(content.trim(), None, &self.clock);
        std::fs::write(&self.file, content)
    }

    pub(crate) fn credential(&self, key: Option<&str>) -> &Credential {
        let key = key.unwrap_or(MAIN);
        self.credentials.get(key).unwrap_or_else(|| panic!("the case has no credential {key}"))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Most cases have no file.
        let _gone = std::fs::remove_file(&self.file);
    }
}

impl Replay {
    fn of_the_rig(self) -> rig::Replay {
        match self {
            Self::Bodiless => rig::Replay::AsMade,
            Self::Cloned => rig::Replay::Bodies,
            Self::Never => rig::Replay::Never,
            Self::SafeMethods => rig::Replay::If(&[|method, _| method.is_safe()]),
        }
    }

    /// A body, as the requests of a case have it: where it is not to be sent twice, it can't be.
    pub(crate) fn load(self, body: &str) -> Load {
        let bytes = bytes::Bytes::copy_from_slice(body.as_bytes());
        if matches!(self, Self::Bodiless) && !bytes.is_empty() { Load::once(bytes) } else { bytes.into() }
    }
}

impl Redirects {
    fn of_the_rig(self) -> rig::Redirects {
        match self {
            Self::Returned => rig::Redirects::Returned,
            Self::Outside => rig::Redirects::Outside,
            Self::BelowWithinOrigin => rig::Redirects::BelowWithinOrigin,
            Self::Below => rig::Redirects::Below,
        }
    }
}

struct Maker<'a> {
    given: &'a Given,
    clock: &'a Clock,
    tokens: &'a Tokens,
    complaints: &'a Complaints,
    forms: &'a Forms,
}

impl Maker<'_> {
    fn main(
        &self,
        path: &PathBuf,
        chain: Option<&Chain>,
        helper: Option<&HelperProgram>,
        configured: Option<&Configured>,
    ) -> Credential {
        if let Some(chain) = chain {
            return self.credential(chain.clone(), None);
        }
        if let Some(helper) = helper {
            return self.credential(helper.source(), None);
        }
        let endpoint = |answers| ScriptedEndpoint {
            script: Script::new("token endpoint", answers, EndpointAnswer::calls, self.complaints),
            clock: self.clock.clone(),
            tokens: self.tokens.clone(),
            assertions: Assertions::default(),
            forms: Arc::clone(self.forms),
        };
        if let Some(configured) = configured {
            let answers = self.given.endpoint.as_deref().unwrap_or_default();
            return self.credential(configured.clone(), Some(endpoint(answers)));
        }
        if let Some(answers) = &self.given.endpoint {
            let url = TokenEndpoint::parse("https://issuer.test/token").unwrap();
            let endpoint = endpoint(answers);
            if let Some(lifetime) = self.given.assertion {
                return self.credential(assertion::source(url, lifetime), Some(endpoint));
            }
            return self.credential(ApiKey::new(url, "the-api-key").unwrap(), Some(endpoint));
        }
        if self.given.file.is_some() {
            return self.credential(FileToken::new(path), None);
        }
        self.credential(self.scripted(self.given.source.as_deref().unwrap_or_default()), None)
    }

    fn chain(&self) -> (Option<Chain>, HashMap<String, Fetches>) {
        let Some(links) = &self.given.chain else { return (None, HashMap::new()) };
        let mut asked = HashMap::new();
        let links = links.iter().map(|link| {
            let fetches: &mut Fetches = asked.entry(link.name.clone()).or_default();
            let source = self.scripted(&link.source);
            let source = Watched { source, clock: self.clock.clone(), fetches: fetches.clone() };
            let made = Link::from_result(
                link.name.clone(),
                link.unmade.as_ref().map_or(Ok(source), |error| Err(make_error(error))),
            );
            if link.probed { made.probe_first() } else { made }
        });
        let chain = Chain::new(links.collect::<Vec<_>>());
        let chosen = self.given.chosen.iter().map(|name| ("AUTHCTL_SOURCE", name));
        (Some(chain.in_env(Env::of(chosen))), asked)
    }

    fn scripted(&self, answers: &[FetchAnswer]) -> ScriptedSource {
        ScriptedSource {
            script: Script::new("source", answers, FetchAnswer::calls, self.complaints),
            clock: self.clock.clone(),
            tokens: self.tokens.clone(),
        }
    }

    fn credential(&self, source: impl TokenSource, endpoint: Option<ScriptedEndpoint>) -> Credential {
        let (fetches, events) = (Fetches::default(), Arc::<Mutex<BTreeMap<String, usize>>>::default());
        let source = Watched { source, clock: self.clock.clone(), fetches: fetches.clone() };
        let mut builder =
            origins(Authenticator::builder(source), &self.given.origins).policy(policy(&self.given.policy));
        let assertions = endpoint.as_ref().map(|endpoint| endpoint.assertions.clone()).unwrap_or_default();
        if let Some(endpoint) = endpoint {
            builder = builder.transport(endpoint);
        }
        let runtime = self.clock.runtime().clone();
        builder =
            if self.given.unstoppable_tasks { builder.runtime(Unstoppable(runtime)) } else { builder.runtime(runtime) };
        let log = Arc::clone(&events);
        let auth = builder.listener(move |event| *log.lock().unwrap().entry(name(event)).or_default() += 1);
        Credential { auth: auth.build().unwrap(), fetches, assertions, events }
    }
}

impl FetchAnswer {
    fn calls(&self) -> Option<u32> {
        (!self.always).then_some(self.times)
    }
}

impl EndpointAnswer {
    fn calls(&self) -> Option<u32> {
        (!self.always).then_some(self.times)
    }
}

fn origins(builder: Builder, origins: &Origins) -> Builder {
    match origins {
        Origins::These(origins) => builder.for_origins(origins),
        Origins::ConnectionBound(origin) => builder.connection_bound(origin),
        Origins::Anywhere => builder.anywhere(),
    }
}

fn policy(changes: &PolicyChanges) -> Policy {
    let mut policy = Policy::default();
    policy.jitter = changes.jitter;
    policy.acquire_timeout = changes.acquire_timeout.map(Duration::from_secs_f64);
    policy.expiry_margin = changes.expiry_margin.map_or(Duration::ZERO, Duration::from_secs_f64);
    policy
}

fn name(event: &Event) -> String {
    let name = match event {
        Event::Acquired { .. } => "acquired",
        Event::RefreshStarted { .. } => "refresh_started",
        Event::RefreshFailed { .. } => "refresh_failed",
        Event::Rejected { .. } => "rejected",
        Event::ServedStale { .. } => "served_stale",
        Event::NoProgress { .. } => "no_progress",
        _ => "other",
    };
    name.to_owned()
}

/// Tasks that go on although they were told to stop.
struct Unstoppable(FakeRuntime);

impl Runtime for Unstoppable {
    fn now(&self) -> Moment {
        self.0.now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        self.0.sleep_until(deadline)
    }

    fn can_spawn(&self) -> bool {
        true
    }

    fn spawn(&self, task: Task) -> Result<Abort, Task> {
        self.0.spawn(task).map(|_abort| Abort::new(|| {}))
    }

    fn random(&self) -> f64 {
        self.0.random()
    }
}
