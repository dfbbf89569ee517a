//! Every place where a caller waits, and every way of leaving it there: dropped, left unpolled, or with its runtime gone.
//! Whoever comes next gets what it wants, no fetch is lost or made twice, and in the end nothing runs.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use auth_core::adapter::Recovery;
use auth_core::runtime::FakeRuntime;
use futures_util::stream::{self, FuturesUnordered, StreamExt};
use http::StatusCode;

use super::scripted::poll_once;
use super::stepped::World;
use crate::rig::{Adapter, ORIGIN, Reqwest, Tower, get};

type Caller = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Something that a program waits for.
struct Wait {
    name: &'static str,
    /// Whether it begins with a token.
    is_warm: bool,
    /// How often the source is called in all, whoever else wants the same.
    calls: u32,
    caller: fn(&World) -> Caller,
}

const WAITS: [Wait; 8] = [
    Wait { name: "acquire", is_warm: false, calls: 1, caller: acquire },
    Wait { name: "acquire more life", is_warm: true, calls: 2, caller: acquire_more },
    Wait { name: "attach, tower", is_warm: false, calls: 1, caller: send::<Tower> },
    Wait { name: "attach, reqwest", is_warm: false, calls: 1, caller: send::<Reqwest> },
    Wait { name: "replay, tower", is_warm: true, calls: 2, caller: send_refused::<Tower> },
    Wait { name: "replay, reqwest", is_warm: true, calls: 2, caller: send_refused::<Reqwest> },
    Wait { name: "recover", is_warm: true, calls: 2, caller: recover },
    Wait { name: "shutdown", is_warm: false, calls: 1, caller: shutdown },
];

fn acquire(world: &World) -> Caller {
    let acquire = world.auth.token(Duration::ZERO);
    Box::pin(async move { acquire.await.map(drop).map_err(|error| error.to_string()) })
}

fn acquire_more(world: &World) -> Caller {
    let acquire = world.auth.token(Duration::from_secs(3000));
    Box::pin(async move {
        let generation = acquire.await.map_err(|error| error.to_string())?.generation();
        if generation == 2 { Ok(()) } else { Err(format!("generation {generation}")) }
    })
}

fn send<A: Adapter>(world: &World) -> Caller {
    let answer = world.client::<A>().send(get(format!("{ORIGIN}/")));
    Box::pin(async move {
        match answer.await {
            Ok(response) if response.status() == StatusCode::OK => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
}

fn send_refused<A: Adapter>(world: &World) -> Caller {
    world.refuse("token-1");
    send::<A>(world)
}

fn recover(world: &World) -> Caller {
    let recovery = world.auth.recover(1);
    Box::pin(async move {
        let generation = match recovery {
            Recovery::Resend(credential) => credential.generation(),
            Recovery::Wait(recover) => recover.await.map_err(|error| error.to_string())?.generation(),
            Recovery::Return(error) => return Err(error.to_string()),
        };
        if generation == 2 { Ok(()) } else { Err(format!("generation {generation}")) }
    })
}

/// With a fetch under way, which it lets finish.
fn shutdown(world: &World) -> Caller {
    let _under_way = poll_once(&mut world.auth.token(Duration::ZERO));
    let shutdown = world.auth.shutdown();
    Box::pin(async move {
        shutdown.await;
        Ok(())
    })
}

/// A way of leaving a caller after so many polls. What it returns is awaited, so it is over when nobody waits any more.
type Way = for<'a> fn(&'a World, &'a Wait, usize) -> Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>;

const WAYS: [(&str, Way); 6] = [
    ("dropped", |world, wait, polls| {
        Box::pin(async move {
            let mut caller = (wait.caller)(world);
            tokio::select! {
                biased;
                outcome = &mut caller => outcome?,
                () = world.steps.tick(polls) => {}
            }
            drop(caller);
            world.steps.open();
            (wait.caller)(world).await
        })
    }),
    ("left unpolled in select!", |world, wait, polls| {
        Box::pin(async move {
            let mut caller = (wait.caller)(world);
            tokio::select! {
                biased;
                outcome = &mut caller => outcome,
                () = world.steps.tick(polls) => {
                    world.steps.open();
                    (wait.caller)(world).await?;
                    caller.await
                }
            }
        })
    }),
    ("dropped by select! in a loop", |world, wait, polls| {
        Box::pin(async move {
            // As in a program that asks anew at every tick of something else.
            for _ in 0..polls {
                tokio::select! {
                    biased;
                    outcome = (wait.caller)(world) => return outcome,
                    () = world.steps.tick(1) => {}
                }
            }
            world.steps.open();
            (wait.caller)(world).await
        })
    }),
    ("beside another in join!", |world, wait, polls| {
        Box::pin(async move {
            let other = async {
                world.steps.tick(polls).await;
                world.steps.open();
                (wait.caller)(world).await
            };
            let (first, second) = tokio::join!((wait.caller)(world), other);
            first.and(second)
        })
    }),
    ("left unpolled in buffered", |world, wait, polls| {
        Box::pin(async move {
            let callers: Vec<_> = (0..4).map(|_| (wait.caller)(world)).collect();
            let mut callers = stream::iter(callers).buffered(2);
            let mut first = callers.next();
            let outcome = tokio::select! {
                biased;
                outcome = &mut first => outcome,
                () = world.steps.tick(polls) => {
                    world.steps.open();
                    (wait.caller)(world).await?;
                    first.await
                }
            };
            outcome.expect("there are four")?;
            world.steps.open();
            // Each body waits for a caller of its own, while those in the buffer are not polled.
            while let Some(outcome) = callers.next().await {
                outcome?;
                (wait.caller)(world).await?;
            }
            Ok(())
        })
    }),
    ("left unpolled in FuturesUnordered, then dropped", |world, wait, polls| {
        Box::pin(async move {
            let mut callers: FuturesUnordered<_> = (0..3).map(|_| (wait.caller)(world)).collect();
            tokio::select! {
                biased;
                outcome = callers.next() => outcome.expect("there are three")?,
                () = world.steps.tick(polls) => {}
            }
            world.steps.open();
            (wait.caller)(world).await?;
            drop(callers);
            (wait.caller)(world).await
        })
    }),
];

fn world(wait: &Wait, runtime: &FakeRuntime) -> World {
    let world = World::on(runtime);
    if wait.is_warm { world.warm(runtime) } else { world }
}

/// How many polls it takes if it is let.
fn polls(wait: &Wait) -> usize {
    let runtime = FakeRuntime::new();
    let world = world(wait, &runtime);
    let mut caller = (wait.caller)(&world);
    for polls in 1..100 {
        match poll_once(&mut caller) {
            Poll::Ready(outcome) => {
                outcome.unwrap_or_else(|error| panic!("{}: {error}", wait.name));
                return polls;
            }
            Poll::Pending => {
                runtime.run_until_idle();
                world.steps.release();
            }
        }
    }
    panic!("{} takes for ever", wait.name);
}

#[test]
#[expect(clippy::print_stdout, reason = "the count is what is asked for")]
fn a_caller_may_leave_at_every_await_point_in_every_way() {
    let mut points = 0;
    for wait in &WAITS {
        let most = polls(wait);
        for (way, leave) in WAYS {
            for polls in 0..=most {
                let at = || format!("{}, {way}, after {polls} polls", wait.name);
                let runtime = FakeRuntime::new();
                let world = world(wait, &runtime);
                runtime.block_on(leave(&world, wait, polls)).unwrap_or_else(|error| panic!("{}: {error}", at()));
                runtime.run_until_idle();
                assert_eq!(world.calls(), wait.calls, "calls of the source: {}", at());
                assert_eq!(world.end(|| runtime.run_until_idle()), 0, "something goes on: {}", at());
                points += 1;
            }
        }
        println!("cancellation: {} polls of {}, left after each in {} ways", most, wait.name, WAYS.len());
    }
    println!("cancellation: {points} points in all");
    assert!(points > 200, "{points}");
}

/// The flight dies with the runtime that it was started on. Whoever waits on another fetches once more; whoever was on the dead
/// one, and is polled elsewhere later, has an outcome.
#[test]
#[expect(clippy::print_stdout, reason = "the count is what is asked for")]
fn a_runtime_may_die_at_every_await_point() {
    let tokio = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut points = 0;
    for wait in WAITS.iter().filter(|wait| !wait.is_warm) {
        let most = polls(wait);
        for polls in 0..=most {
            let at = || format!("{}, after {polls} polls", wait.name);
            let (world, doomed, alive) = (World::on_tokio(), tokio(), tokio());
            let mut caller = {
                let _inside = doomed.enter();
                (wait.caller)(&world)
            };
            let mut outcome = Poll::Pending;
            for _ in 0..polls {
                doomed.block_on(async {
                    if outcome.is_pending() {
                        outcome = poll_once(&mut caller);
                    }
                    tokio::task::yield_now().await;
                    world.steps.release();
                    tokio::task::yield_now().await;
                });
            }
            drop(doomed);
            world.steps.open();
            alive.block_on(async {
                (wait.caller)(&world).await.unwrap_or_else(|error| panic!("{}: {error}", at()));
                if outcome.is_pending() {
                    caller.await.unwrap_or_else(|error| panic!("{}: {error}", at()));
                }
            });
            assert!(world.calls() <= wait.calls + 1, "{} calls of the source: {}", world.calls(), at());
            assert_eq!(world.end(|| drop(alive)), 0, "something goes on: {}", at());
            points += 1;
        }
    }
    println!("cancellation: {points} points at which a runtime dies");
    assert!(points > 20, "{points}");
}
