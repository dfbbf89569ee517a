//! Carrying out one step.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use auth_core::authenticator::{Attach, Credential, Sent};
use auth_core::{Authenticator, Outcome, RequestAuth};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use http_body_util::Full;

use super::calls::{Arrival, Call, Waiting};
use super::check::{self, Verdict, Wanted};
use super::moments::Tokens;
use super::run::Door;
use super::step::{self, Arrives, Deed, Get, Send, Step};
use super::world::World;

/// The API that tokens are attached for when a case only gets them.
const API: &str = "https://api.test/";

pub(crate) struct Actor<'a> {
    world: &'a World,
    door: Door,
    named: HashMap<String, Vec<Call>>,
}

impl<'a> Actor<'a> {
    pub(crate) fn new(world: &'a World, door: Door) -> Self {
        Self { world, door, named: HashMap::new() }
    }

    pub(crate) fn act(&mut self, step: &Step) -> Verdict {
        let clock = &self.world.clock;
        match step {
            Step::At(time) => self.advance_to(*time),
            Step::Wait(time) => self.advance_to(clock.now() + time),
            Step::Suspend(time) => {
                clock.runtime().suspend(Duration::from_secs_f64(*time));
                Ok(())
            }
            Step::StepWall(seconds) => {
                clock.runtime().step_wall(*seconds);
                Ok(())
            }
            Step::Random(value) => {
                clock.runtime().set_random(*value);
                Ok(())
            }
            Step::File(content) => {
                let file = &self.world.file;
                let done =
                    content.as_ref().map_or_else(|| std::fs::remove_file(file), |text| std::fs::write(file, text));
                done.map_err(|error| error.to_string())
            }
            Step::Do(deed) => {
                self.deed(*deed);
                Ok(())
            }
            Step::Get(get) => self.get(get),
            Step::Send(send) => self.send(send),
            Step::Arrives(arrives) => self.arrives(arrives),
            Step::Pending(name) => match self.calls(name)?.iter().find_map(Call::arrived) {
                None => Ok(()),
                Some(arrived) => Err(format!("expected {name} to wait still, got {arrived:?}")),
            },
            Step::Drop(name) => {
                let calls = self.named.remove(name).ok_or_else(|| format!("nobody is called {name}"))?;
                calls.into_iter().for_each(Call::cancel);
                Ok(())
            }
            Step::Expect(expect) => self.world.meets(expect),
        }
    }

    fn advance_to(&self, time: f64) -> Verdict {
        if self.world.clock.advance_to(time) { Ok(()) } else { Err(format!("t={time} is over already")) }
    }

    fn deed(&self, deed: Deed) {
        let auth = &self.world.credential(None).auth;
        match deed {
            Deed::Invalidate => auth.invalidate(),
            Deed::RetryNow => auth.retry_now(),
            Deed::Shutdown => self.world.clock.runtime().block_on(auth.shutdown()),
        }
    }

    fn get(&mut self, get: &Get) -> Verdict {
        let wanted = Wanted {
            waited: get.waited,
            brings: get.brings.as_ref(),
            generation: get.generation,
            headers: get.headers.as_ref(),
            answered: None,
            fails: get.fails.as_ref(),
        };
        let auth = &self.world.credential(get.key.as_deref()).auth;
        let tokens = &self.world.tokens;
        let (door, least) = (self.door, Duration::from_secs_f64(get.min_remaining));
        let caller = || match door {
            Door::Attach if least.is_zero() => attach(auth, tokens.clone()),
            _ => token(auth, least, tokens.clone()),
        };
        self.call(get.count, get.over, get.name.as_ref(), wanted, &caller)
    }

    fn send(&mut self, send: &Send) -> Verdict {
        let wanted = Wanted {
            waited: send.waited,
            answered: send.answered.as_ref(),
            fails: send.fails.as_ref(),
            ..Wanted::default()
        };
        let world = self.world;
        let caller = || -> Waiting {
            let answer = world.adapter.send(request(send, world));
            Box::pin(async move {
                match answer.await {
                    Ok(response) => Arrival::Response {
                        status: response.status().as_u16(),
                        outcome: response.extensions().get::<Outcome>().cloned(),
                    },
                    Err(error) => Arrival::Failed(error),
                }
            })
        };
        self.call(send.count, 0.0, send.name.as_ref(), wanted, &caller)
    }

    /// Starts callers, all at once or one after the other, and looks at what they get unless that is for later.
    fn call(
        &mut self,
        count: u32,
        over: f64,
        name: Option<&String>,
        wanted: Wanted<'_>,
        caller: &dyn Fn() -> Waiting,
    ) -> Verdict {
        let clock = &self.world.clock;
        let began = clock.now();
        let mut calls = Vec::new();
        for number in 0..count {
            if over > 0.0 {
                self.advance_to(began + over * f64::from(number) / f64::from(count))?;
            }
            calls.push(Call::start(clock, caller()));
        }
        clock.runtime().run_until_idle();
        if let Some(name) = name {
            self.named.insert(name.clone(), calls);
            return Ok(());
        }
        if wanted.waited > 0.0 {
            self.advance_to(calls.last().map_or(began, Call::started) + wanted.waited)?;
        }
        self.all_get(&calls, wanted)?;
        if over > 0.0 { self.advance_to(began + over) } else { Ok(()) }
    }

    fn arrives(&mut self, arrives: &Arrives) -> Verdict {
        let wanted = Wanted {
            waited: arrives.waited,
            brings: arrives.brings.as_ref(),
            generation: arrives.generation,
            headers: arrives.headers.as_ref(),
            answered: arrives.answered.as_ref(),
            fails: arrives.fails.as_ref(),
        };
        let calls = self.calls(&arrives.name)?;
        self.all_get(calls, wanted)
    }

    /// Every caller gets what is wanted, and those who get an error get the same one.
    fn all_get(&self, calls: &[Call], wanted: Wanted<'_>) -> Verdict {
        let mut messages = BTreeMap::new();
        for call in calls {
            let arrived = call.arrived();
            if let Some((_, Arrival::Failed(error))) = &arrived {
                messages.insert(format!("{error:?}"), ());
            }
            check::arrival(wanted, arrived, &self.world.clock)?;
        }
        if messages.len() > 1 { Err(format!("expected one error for all, got {:?}", messages.keys())) } else { Ok(()) }
    }

    fn calls(&self, name: &str) -> Result<&[Call], String> {
        self.named.get(name).map(Vec::as_slice).ok_or_else(|| format!("nobody is called {name}"))
    }
}

fn token(auth: &Authenticator, least: Duration, tokens: Tokens) -> Waiting {
    let acquire = auth.token(least);
    Box::pin(async move { acquire.await.map_or_else(Arrival::Failed, |credential| brought(&credential, &tokens)) })
}

/// As an adapter does it: what is there is attached at once, what is not is waited for.
fn attach(auth: &Authenticator, tokens: Tokens) -> Waiting {
    let (auth, uri, mut headers) = (auth.clone(), Uri::from_static(API), HeaderMap::new());
    let attached = auth.attach(&uri, &mut headers);
    Box::pin(async move {
        let sent = match attached {
            Ok(Attach::Ready(sent)) => Ok(sent),
            Ok(Attach::Wait(acquire)) => match acquire.await {
                Ok(credential) => auth.attach_credential(&credential, &uri, &mut headers),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        match sent {
            Ok(sent) => on_request(sent, &headers, &tokens),
            Err(error) => Arrival::Failed(error),
        }
    })
}

fn brought(credential: &Credential, tokens: &Tokens) -> Arrival {
    let headers: HeaderMap = credential.headers().map(|(name, value)| (name.clone(), value.clone())).collect();
    on_request(Sent::With { generation: credential.generation() }, &headers, tokens)
}

fn on_request(sent: Sent, headers: &HeaderMap, tokens: &Tokens) -> Arrival {
    let text = |value: &HeaderValue| value.to_str().unwrap_or("not text").to_owned();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let token = headers.iter().find_map(|(_, value)| tokens.name_in(value)).or_else(|| {
        // Tokens from a file are known to no script; they are called what they are.
        headers.first().and_then(|(_, value)| value.rsplit(' ').next()).map(str::to_owned)
    });
    let generation = if let Sent::With { generation } = sent { generation } else { 0 };
    Arrival::Token { token: token.unwrap_or_else(|| "none".to_owned()), generation, headers }
}

fn request(send: &Send, world: &World) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(send.method.as_str()).uri(&send.uri);
    for (name, value) in &send.headers {
        request = request.header(name.parse::<HeaderName>().unwrap(), value);
    }
    let auth = match &send.auth {
        step::RequestAuth::Usual => None,
        step::RequestAuth::None => Some(RequestAuth::none()),
        step::RequestAuth::Fresh => Some(RequestAuth::fresh()),
        step::RequestAuth::Using(key) => Some(RequestAuth::using(world.credential(Some(key)).auth.clone())),
    };
    if let Some(auth) = auth {
        request = request.extension(auth);
    }
    request.body(Full::from(send.body.clone())).unwrap()
}
