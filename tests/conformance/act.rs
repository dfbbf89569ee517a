//! Carrying out one step.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use auth_core::{Outcome, RequestAuth};
use http::{HeaderName, Request};

use super::calls::{Arrival, Call, Waiting};
use super::check::{self, Verdict, Wanted};
use super::door::Door;
use super::helper::HelperProgram;
use super::step::{self, Arrives, Deed, Get, Send, Step};
use super::world::World;
use crate::rig::{Failed, Load};

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
            Step::SetWall(seconds) => {
                clock.runtime().step_wall(*seconds);
                Ok(())
            }
            Step::Random(value) => {
                clock.runtime().set_random(*value);
                Ok(())
            }
            Step::File(content) => self.world.put_file(content.as_deref()).map_err(|error| error.to_string()),
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
        let (world, door) = (self.world, self.door);
        let auth = &world.credential(get.key.as_deref()).auth;
        let caller = || door.enter(auth, Duration::from_secs_f64(get.min_remaining), world.tokens.clone());
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
            let answer = world.client.send(request(send, world));
            Box::pin(async move {
                match answer.await {
                    Ok(response) => Arrival::Response {
                        status: response.status().as_u16(),
                        outcome: response.extensions().get::<Outcome>().cloned(),
                    },
                    Err(Failed::Auth(error)) => Arrival::Failed(error),
                    Err(Failed::Client(error)) => panic!("the API server of a case always answers: {error}"),
                }
            })
        };
        self.call(send.count, send.over, send.name.as_ref(), wanted, &caller)
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
        if name.is_some() && wanted.is_given() {
            return Err("a step with `as` leaves to `arrives` what is wanted".to_owned());
        }
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
        let helper = self.world.helper.as_ref();
        if helper.is_some_and(HelperProgram::works) {
            calls.iter().for_each(Call::wait);
        }
        if let Some(name) = name {
            self.named.insert(name.clone(), calls);
            return Ok(());
        }
        if wanted.waited > 0.0 {
            self.advance_to(calls.last().map_or(began, Call::started) + wanted.waited)?;
        }
        if helper.is_some() {
            calls.iter().for_each(Call::wait);
        }
        if over > 0.0 {
            calls.iter().try_for_each(|call| self.gets(call, wanted))?;
        } else {
            self.all_get(&calls, wanted)?;
        }
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

    fn gets(&self, call: &Call, wanted: Wanted<'_>) -> Verdict {
        check::arrival(wanted, call.arrived(), &self.world.clock)
    }

    /// Every caller gets what is wanted, and those who came together and get an error get the same one.
    fn all_get(&self, calls: &[Call], wanted: Wanted<'_>) -> Verdict {
        calls.iter().try_for_each(|call| self.gets(call, wanted))?;
        let errors = calls.iter().filter_map(|call| match call.arrived()? {
            (_, Arrival::Failed(error)) => Some(format!("{error:?}")),
            _ => None,
        });
        let errors: BTreeSet<String> = errors.collect();
        if errors.len() > 1 { Err(format!("expected one error for all, got {errors:?}")) } else { Ok(()) }
    }

    fn calls(&self, name: &str) -> Result<&[Call], String> {
        self.named.get(name).map(Vec::as_slice).ok_or_else(|| format!("nobody is called {name}"))
    }
}

fn request(send: &Send, world: &World) -> Request<Load> {
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
    request.body(world.replay.load(&send.body)).unwrap()
}
