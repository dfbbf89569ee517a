//! Clocks that are wrong, jump, stand still, or disagree; machines that sleep.

use std::time::Duration;

use auth_core::Authenticator;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::FileToken;
use auth_emulator::{Answer, Fault, Flaw, Gate, StatusCode};
use futures_util::future::join;

use super::{api_key, refreshed};
use crate::front::Front;
use crate::scene::{Scene, Seen, Time};

super::scenarios! {
    "clock/ahead-at-start": ahead_at_start,
    "clock/behind-at-start": behind_at_start,
    "clock/ahead-absolute-end": ahead_absolute_end,
    "clock/behind-absolute-end": behind_absolute_end,
    "clock/ahead-jwt-end": ahead_jwt_end,
    "clock/behind-jwt-end": behind_jwt_end,
    "clock/ahead-found-token": ahead_found_token,
    "clock/behind-found-token": behind_found_token,
    "clock/step-forward": step_forward,
    "clock/step-forward-no-boot": step_forward_without_boot,
    "clock/step-forward-in-outage": step_forward_in_outage,
    "clock/step-forward-in-outage-no-boot": step_forward_in_outage_without_boot,
    "clock/step-back": step_back,
    "clock/step-forward-in-flight": step_forward_in_flight,
    "clock/step-forward-in-flight-no-boot": step_forward_in_flight_without_boot,
    "clock/step-back-in-flight": step_back_in_flight,
    "clock/step-far-in-flight": step_far_in_flight,
    "clock/suspend": suspend,
    "clock/suspend-no-boot": suspend_without_boot,
    "clock/suspend-and-step-back": suspend_and_step_back,
    "clock/suspend-and-step-back-unseen": suspend_and_step_back_unseen,
    "clock/suspend-in-flight": suspend_in_flight,
    "clock/suspend-in-flight-no-boot": suspend_in_flight_without_boot,
    "clock/suspend-in-hang": suspend_in_hang,
    "clock/suspend-in-pause": suspend_in_pause,
    "clock/1970-at-start": at_1970,
    "clock/1970-step": step_to_1970,
    "clock/2038-at-start": at_2038,
    "clock/2038-crossed": across_2038,
    "clock/2106-at-start": at_2106,
    "clock/2106-crossed": across_2106,
    "clock/2106-step": step_to_2106,
    "clock/ends-now": ends_now,
    "clock/ends-in-a-second": ends_in_a_second,
    "clock/ends-by-rounding": ends_by_rounding,
    "clock/slewed-slow": slewed_slow,
    "clock/slewed-fast": slewed_fast,
    "clock/frozen": frozen,
    "clock/monotonic-frozen": monotonic_frozen,
    "clock/wall-frozen": wall_frozen,
}

const HOUR: Duration = Duration::from_secs(3600);
const AN_HOUR: i64 = 3600;

/// When [`FakeRuntime`] begins: 2026-11-22T00:00:00Z.
const START: i64 = 1_795_305_600;

async fn apart<F: Front>(seconds: i64) -> Scene<F> {
    let clock = FakeRuntime::new();
    clock.step_wall(seconds);
    Scene::at(Time::Apart(clock, seconds), api_key).await
}

/// Ours and the emulator's clock both show this time.
async fn in_the_year<F: Front>(unix: i64) -> Scene<F> {
    let clock = FakeRuntime::new();
    clock.step_wall(unix - START);
    Scene::at(Time::Moved(clock), api_key).await
}

/// A request now, one in the middle of the token's life, and one at its end.
async fn a_life<F: Front>(scene: Scene<F>) -> Seen {
    scene.get().await;
    for _ in 0..2 {
        scene.clock.advance(HOUR / 2);
        scene.get().await;
    }
    scene.seen()
}

/// A token request that waits at its endpoint, and what happens meanwhile.
async fn in_flight<F: Front>(scene: &Scene<F>, happens: impl AsyncFnOnce()) {
    let gate = Gate::new();
    scene.emulator.token_faults().once(Fault::Hold(gate.clone()));
    join(scene.get(), async {
        scene.emulator.wait_for_token_requests(1).await;
        happens().await;
        gate.open();
    })
    .await;
}

async fn ahead_at_start<F: Front>() -> Seen {
    a_life(apart::<F>(AN_HOUR).await).await
}

async fn behind_at_start<F: Front>() -> Seen {
    a_life(apart::<F>(-AN_HOUR).await).await
}

/// The answer says when the token ends, and not after how long.
async fn absolute_end<F: Front>(ahead: i64) -> Seen {
    let scene = apart::<F>(ahead).await;
    scene.emulator.token_flaws().always(Flaw::without_expires_in());
    a_life(scene).await
}

async fn ahead_absolute_end<F: Front>() -> Seen {
    absolute_end::<F>(AN_HOUR).await
}

async fn behind_absolute_end<F: Front>() -> Seen {
    absolute_end::<F>(-AN_HOUR).await
}

/// The answer says nothing, the token itself does.
async fn jwt_end<F: Front>(ahead: i64) -> Seen {
    let scene = apart::<F>(ahead).await;
    scene.emulator.token_flaws().always(Flaw::without_expires_in().and(Flaw::Without("expiration")));
    a_life(scene).await
}

async fn ahead_jwt_end<F: Front>() -> Seen {
    jwt_end::<F>(AN_HOUR).await
}

async fn behind_jwt_end<F: Front>() -> Seen {
    jwt_end::<F>(-AN_HOUR).await
}

/// A token in a file, whose end is known by its own word and our wall clock only. It is an hour old, by the world's.
async fn found_token<F: Front>(ahead: i64, old: Duration) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let clock = FakeRuntime::new();
    clock.step_wall(ahead);
    let moved = clock.clone();
    let scene = Scene::<F>::at(Time::Apart(clock, ahead), |emulator| {
        std::fs::write(&path, emulator.issue_token()).unwrap();
        moved.advance(old);
        Authenticator::builder(FileToken::new(&path))
    })
    .await;
    scene.get().await;
    scene.seen()
}

async fn ahead_found_token<F: Front>() -> Seen {
    found_token::<F>(AN_HOUR, Duration::ZERO).await
}

async fn behind_found_token<F: Front>() -> Seen {
    found_token::<F>(-AN_HOUR, HOUR).await
}

/// Steps the wall clock while a token serves, and looks what is sent then, and after what was begun beside.
async fn step<F: Front>(clock: FakeRuntime, seconds: i64) -> Seen {
    let scene = Scene::<F>::at(Time::Moved(clock), api_key).await;
    scene.get().await;
    scene.step_wall(seconds);
    for _ in 0..3 {
        scene.get().await;
        refreshed(&scene).await;
    }
    scene.seen()
}

async fn step_forward<F: Front>() -> Seen {
    step::<F>(FakeRuntime::new(), AN_HOUR).await
}

async fn step_forward_without_boot<F: Front>() -> Seen {
    step::<F>(FakeRuntime::new().without_boot_clock(), AN_HOUR).await
}

/// While the issuer has an outage, so that it shows whether the token serves on.
async fn step_in_outage<F: Front>(clock: FakeRuntime) -> Seen {
    let scene = Scene::<F>::at(Time::Moved(clock), api_key).await;
    scene.get().await;
    scene.emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    scene.step_wall(AN_HOUR);
    for _ in 0..2 {
        scene.get().await;
        refreshed(&scene).await;
    }
    scene.seen()
}

async fn step_forward_in_outage<F: Front>() -> Seen {
    step_in_outage::<F>(FakeRuntime::new()).await
}

async fn step_forward_in_outage_without_boot<F: Front>() -> Seen {
    step_in_outage::<F>(FakeRuntime::new().without_boot_clock()).await
}

async fn step_to_1970<F: Front>() -> Seen {
    step::<F>(FakeRuntime::new(), -START).await
}

async fn step_to_2106<F: Front>() -> Seen {
    step::<F>(FakeRuntime::new(), EDGE_2106 - START).await
}

/// The token is an hour old when the wall clock, set back, says that it is new.
async fn step_back<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.step_wall(-AN_HOUR);
    scene.clock.advance(HOUR / 2);
    scene.get().await;
    scene.clock.advance(HOUR / 2);
    scene.get().await;
    scene.seen()
}

async fn step_during<F: Front>(clock: FakeRuntime, seconds: i64) -> Scene<F> {
    let scene = Scene::<F>::at(Time::Moved(clock), api_key).await;
    in_flight(&scene, async || scene.step_wall(seconds)).await;
    scene
}

async fn step_forward_in_flight<F: Front>() -> Seen {
    let scene = step_during::<F>(FakeRuntime::new(), AN_HOUR).await;
    refreshed(&scene).await;
    scene.get().await;
    refreshed(&scene).await;
    scene.seen()
}

async fn step_forward_in_flight_without_boot<F: Front>() -> Seen {
    let scene = step_during::<F>(FakeRuntime::new().without_boot_clock(), AN_HOUR).await;
    scene.get().await;
    scene.clock.advance(Duration::from_secs(1));
    scene.get().await;
    scene.seen()
}

async fn step_back_in_flight<F: Front>() -> Seen {
    a_life(step_during::<F>(FakeRuntime::new(), -AN_HOUR).await).await
}

/// Somebody asks while a flight is under way that is old by the wall clock alone.
async fn step_far_in_flight<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    let gate = Gate::new();
    scene.emulator.token_faults().once(Fault::Hold(gate.clone()));
    let second = async {
        scene.emulator.wait_for_token_requests(1).await;
        scene.step_wall(24 * AN_HOUR);
        join(scene.get(), async {
            tokio::task::yield_now().await;
            gate.open();
        })
        .await;
    };
    join(scene.get(), second).await;
    refreshed(&scene).await;
    scene.seen()
}

async fn sleeps<F: Front>(clock: FakeRuntime) -> Seen {
    let scene = Scene::<F>::at(Time::Moved(clock), api_key).await;
    scene.get().await;
    scene.clock.suspend(2 * HOUR);
    scene.get().await;
    scene.seen()
}

async fn suspend<F: Front>() -> Seen {
    sleeps::<F>(FakeRuntime::new()).await
}

async fn suspend_without_boot<F: Front>() -> Seen {
    sleeps::<F>(FakeRuntime::new().without_boot_clock()).await
}

/// Where the wall clock is set back during the sleep.
async fn wakes_up_earlier<F: Front>(earlier: Duration, later: Duration) -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.clock.suspend(2 * HOUR);
    scene.clock.step_wall(-i64::try_from(earlier.as_secs()).unwrap());
    scene.clock.advance(later);
    scene.get().await;
    scene.seen()
}

async fn suspend_and_step_back<F: Front>() -> Seen {
    wakes_up_earlier::<F>(3 * HOUR, Duration::ZERO).await
}

async fn suspend_and_step_back_unseen<F: Front>() -> Seen {
    wakes_up_earlier::<F>(2 * HOUR, Duration::from_secs(60)).await
}

/// The answer is there when the machine wakes up, and nobody has asked meanwhile.
async fn sleeps_in_flight<F: Front>(clock: FakeRuntime) -> Seen {
    let scene = Scene::<F>::at(Time::Moved(clock), api_key).await;
    in_flight(&scene, async || scene.clock.suspend(2 * HOUR)).await;
    scene.clock.advance(Duration::from_secs(1));
    scene.get().await;
    scene.seen()
}

async fn suspend_in_flight<F: Front>() -> Seen {
    sleeps_in_flight::<F>(FakeRuntime::new()).await
}

async fn suspend_in_flight_without_boot<F: Front>() -> Seen {
    sleeps_in_flight::<F>(FakeRuntime::new().without_boot_clock()).await
}

/// The answer never comes, and somebody asks after the machine has woken up.
async fn suspend_in_hang<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.token_faults().once(Fault::Hold(Gate::new()));
    let awake = async {
        scene.emulator.wait_for_token_requests(1).await;
        scene.clock.suspend(2 * HOUR);
        scene.get().await;
    };
    join(scene.get(), awake).await;
    scene.seen()
}

async fn suspend_in_pause<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    let unavailable = Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(60);
    scene.emulator.token_faults().once(unavailable);
    scene.get().await;
    scene.get().await;
    scene.clock.suspend(Duration::from_secs(60));
    scene.get().await;
    scene.seen()
}

/// The first second that 31 bits can't count, and 32 bits.
const EDGE_2038: i64 = 1 << 31;
const EDGE_2106: i64 = 1 << 32;

async fn at_1970<F: Front>() -> Seen {
    a_life(apart::<F>(-START).await).await
}

async fn at_2038<F: Front>() -> Seen {
    a_life(apart::<F>(EDGE_2038 - START).await).await
}

async fn at_2106<F: Front>() -> Seen {
    a_life(apart::<F>(EDGE_2106 - START).await).await
}

/// The issuer's clock crosses it as well, and says ends absolutely.
async fn across<F: Front>(edge: i64) -> Seen {
    let scene = in_the_year::<F>(edge - AN_HOUR / 4).await;
    scene.emulator.token_flaws().always(Flaw::without_expires_in());
    a_life(scene).await
}

async fn across_2038<F: Front>() -> Seen {
    across::<F>(EDGE_2038).await
}

async fn across_2106<F: Front>() -> Seen {
    across::<F>(EDGE_2106).await
}

async fn ends_now<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.clock.advance(HOUR);
    scene.get().await;
    scene.seen()
}

async fn ends_in_a_second<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    scene.clock.advance(HOUR - Duration::from_secs(1));
    scene.get().await;
    refreshed(&scene).await;
    scene.seen()
}

/// The issuer says a second more than the token has, as those do that round up.
async fn ends_by_rounding<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    scene.emulator.token_flaws().always(Flaw::expires_in(3601));
    scene.get().await;
    scene.clock.advance(HOUR + Duration::from_millis(500));
    scene.get().await;
    scene.seen()
}

/// Two hours, a request a minute, and each minute our wall clock is set by so many seconds.
async fn slewed<F: Front>(seconds: i64) -> Seen {
    let scene = Scene::<F>::new().await;
    for _ in 0..120 {
        scene.get().await;
        refreshed(&scene).await;
        scene.clock.advance(Duration::from_secs(60));
        scene.step_wall(seconds);
    }
    scene.seen()
}

async fn slewed_slow<F: Front>() -> Seen {
    slewed::<F>(-5).await
}

async fn slewed_fast<F: Front>() -> Seen {
    slewed::<F>(5).await
}

/// All of ours stand still, and the world's goes on.
async fn frozen<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    for _ in 0..3 {
        scene.get().await;
        scene.emulator.advance(HOUR);
    }
    scene.seen()
}

/// Half an hour twice, of which one of our clocks knows nothing.
async fn half_hours<F: Front>(pass: impl Fn(&Scene<F>)) -> Seen {
    let scene = Scene::<F>::new().await;
    scene.get().await;
    for _ in 0..2 {
        pass(&scene);
        scene.get().await;
    }
    scene.seen()
}

async fn monotonic_frozen<F: Front>() -> Seen {
    half_hours::<F>(|scene| scene.clock.suspend(HOUR / 2)).await
}

async fn wall_frozen<F: Front>() -> Seen {
    half_hours::<F>(|scene| {
        scene.clock.advance(HOUR / 2);
        scene.step_wall(-AN_HOUR / 2);
    })
    .await
}
