//! Runtimes of every kind, that end, stand still, or are not there.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{LocalSet, spawn_blocking};

use auth_emulator::{Fault, Gate};

use super::{api_key, begun};
use crate::front::Front;
use crate::scene::{Scene, Seen, Time};

super::scenarios! {
    "runtime/dropped-in-flight": dropped_in_flight,
    "runtime/shutdown-background": shutdown_background,
    "runtime/shutdown-timeout": shutdown_timeout,
    "runtime/dropped-with-connections": dropped_with_connections,
    "runtime/blocked-in-flight": blocked_in_flight,
    "runtime/none": none,
    "runtime/current-thread": current_thread,
    "runtime/multi-thread": multi_thread,
    "runtime/two": two,
    "runtime/spawn-blocking": from_blocking,
    "runtime/block-in-place": block_in_place,
    "runtime/local-set": local_set,
    "runtime/last-handle-in-flight": last_handle_in_flight,
    "runtime/last-handle-idle": last_handle_idle,
}

/// In the world's time, with tokio's timers and tasks: those of whoever asks.
async fn real<F: Front>() -> Arc<Scene<F>> {
    Arc::new(Scene::at(Time::Real, api_key).await)
}

fn seen<F: Front>(scene: Arc<Scene<F>>) -> Seen {
    Arc::into_inner(scene).expect("all tasks have ended").seen()
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Begins a request on a runtime of its own, whose token request is never answered.
async fn hanging_on<F: Front>(runtime: fn() -> Runtime, scene: &Arc<Scene<F>>) -> Runtime {
    scene.emulator.token_faults().once(Fault::Hold(Gate::new()));
    let scene = Arc::clone(scene);
    let begin = move || {
        let runtime = runtime();
        let leader = Arc::clone(&scene);
        runtime.spawn(async move { leader.get().await });
        runtime.block_on(scene.emulator.wait_for_token_requests(1));
        runtime
    };
    spawn_blocking(begin).await.unwrap()
}

/// The runtime ends on which the one fetch is that ten others wait for.
async fn ends<F: Front>(runtime: fn() -> Runtime, end: fn(Runtime)) -> Seen {
    let scene = real::<F>().await;
    let doomed = hanging_on(runtime, &scene).await;
    let mut waiting: Vec<_> = (0..10).map(|_| Box::pin(scene.get())).collect();
    begun(&mut waiting).await;
    spawn_blocking(move || end(doomed)).await.unwrap();
    while scene.ended() < 1 {
        tokio::task::yield_now().await;
    }
    join_all(waiting).await;
    seen(scene)
}

async fn dropped_in_flight<F: Front>() -> Seen {
    ends::<F>(one_thread, drop).await
}

async fn shutdown_background<F: Front>() -> Seen {
    ends::<F>(threads, Runtime::shutdown_background).await
}

async fn shutdown_timeout<F: Front>() -> Seen {
    ends::<F>(threads, |runtime| runtime.shutdown_timeout(Duration::from_secs(5))).await
}

/// Connections that were made on it are still in the clients' pools.
async fn dropped_with_connections<F: Front>() -> Seen {
    let scene = real::<F>().await;
    let first = Arc::clone(&scene);
    spawn_blocking(move || one_thread().block_on(first.get())).await.unwrap();
    scene.auth.invalidate();
    scene.get().await;
    seen(scene)
}

/// It is not driven any more: whoever waits on another runtime gives up, and the next one begins anew.
async fn blocked_in_flight<F: Front>() -> Seen {
    let scene = Arc::new(Scene::<F>::new().await);
    let blocked = hanging_on(one_thread, &scene).await;
    let passing = scene.let_time_pass();
    scene.get().await;
    drop(passing);
    scene.clock.advance(Duration::from_secs(30));
    scene.get().await;
    let last = Arc::clone(&scene);
    let goes_on = move || {
        blocked.block_on(async {
            while last.ended() < 3 {
                tokio::task::yield_now().await;
            }
        });
    };
    spawn_blocking(goes_on).await.unwrap();
    seen(scene)
}

/// An error at once each time, which nobody keeps.
async fn none<F: Front>() -> Seen {
    let scene = real::<F>().await;
    let outside = Arc::clone(&scene);
    let ask = move || {
        for _ in 0..3 {
            let mut request = Box::pin(outside.get());
            let _dropped_if_it_waits = request.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
    };
    spawn_blocking(|| std::thread::spawn(ask).join().unwrap()).await.unwrap();
    scene.get().await;
    seen(scene)
}

async fn current_thread<F: Front>() -> Seen {
    let scene = real::<F>().await;
    let callers = Arc::clone(&scene);
    spawn_blocking(move || one_thread().block_on(join_all((0..10).map(|_| callers.get())))).await.unwrap();
    seen(scene)
}

fn on_tasks<F: Front>(scene: &Arc<Scene<F>>, count: usize) -> impl Future<Output = ()> + use<F> {
    let tasks: Vec<_> = (0..count).map(|_| Arc::clone(scene)).map(|scene| async move { scene.get().await }).collect();
    async { drop(join_all(tasks.into_iter().map(tokio::spawn)).await) }
}

async fn multi_thread<F: Front>() -> Seen {
    let scene = real::<F>().await;
    let callers = on_tasks(&scene, 50);
    spawn_blocking(move || threads().block_on(callers)).await.unwrap();
    seen(scene)
}

/// At the same time, with one authenticator.
async fn two<F: Front>() -> Seen {
    let scene = real::<F>().await;
    // They have connections in common, and what nobody drives does not answer: each runs until both are done.
    let done = Arc::new(tokio::sync::Barrier::new(2));
    let until_both = |tasks| {
        let done = Arc::clone(&done);
        async move {
            tasks.await;
            done.wait().await;
        }
    };
    let (one, other) = (until_both(on_tasks(&scene, 20)), until_both(on_tasks(&scene, 20)));
    let run = move || {
        let (threads, thread) = (threads(), one_thread());
        std::thread::scope(|scope| {
            scope.spawn(|| threads.block_on(one));
            thread.block_on(other);
        });
    };
    spawn_blocking(run).await.unwrap();
    seen(scene)
}

async fn from_blocking<F: Front>() -> Seen {
    let scene = real::<F>().await;
    let callers = (0..20).map(|_| Arc::clone(&scene));
    let callers = callers.map(|scene| spawn_blocking(move || Handle::current().block_on(scene.get())));
    join_all(callers.collect::<Vec<_>>()).await;
    seen(scene)
}

async fn block_in_place<F: Front>() -> Seen {
    let scene = real::<F>().await;
    let callers = Arc::clone(&scene);
    let in_place = async move { tokio::task::block_in_place(|| Handle::current().block_on(callers.get())) };
    spawn_blocking(move || threads().block_on(in_place)).await.unwrap();
    seen(scene)
}

async fn local_set<F: Front>() -> Seen {
    let scene = real::<F>().await;
    let callers = Arc::clone(&scene);
    let run = move || {
        let set = LocalSet::new();
        let tasks = join_all((0..10).map(|_| {
            let scene = Arc::clone(&callers);
            set.spawn_local(async move { scene.get().await })
        }));
        drop(set.block_on(&one_thread(), tasks));
    };
    spawn_blocking(run).await.unwrap();
    seen(scene)
}

/// Lets go of everything, and waits until no task is alive on the runtime.
async fn nothing_runs<F: Front>(scene: Arc<Scene<F>>, runtime: Runtime) -> Seen {
    let mut scene = Arc::into_inner(scene).expect("all tasks have ended");
    scene.let_go();
    let settle = move || {
        runtime.block_on(async {
            while Handle::current().metrics().num_alive_tasks() > 0 {
                tokio::task::yield_now().await;
            }
        });
    };
    spawn_blocking(settle).await.unwrap();
    scene.seen()
}

async fn last_handle_in_flight<F: Front>() -> Seen {
    let scene = real::<F>().await;
    scene.emulator.token_faults().once(Fault::Hold(Gate::new()));
    let callers = Arc::clone(&scene);
    let begin = move || {
        let runtime = threads();
        let tasks: Vec<_> = (0..10).map(|_| Arc::clone(&callers)).collect();
        let tasks: Vec<_> = tasks.into_iter().map(|scene| runtime.spawn(async move { scene.get().await })).collect();
        runtime.block_on(async {
            callers.emulator.wait_for_token_requests(1).await;
            tasks.iter().for_each(|task| task.abort());
            join_all(tasks).await;
        });
        runtime
    };
    let runtime = spawn_blocking(begin).await.unwrap();
    nothing_runs(scene, runtime).await
}

async fn last_handle_idle<F: Front>() -> Seen {
    let scene = real::<F>().await;
    let callers = on_tasks(&scene, 10);
    let begin = move || {
        let runtime = threads();
        runtime.block_on(callers);
        runtime
    };
    let runtime = spawn_blocking(begin).await.unwrap();
    nothing_runs(scene, runtime).await
}
