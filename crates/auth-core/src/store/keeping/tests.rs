//! What is kept, and who is answered with it: each [`Process`] is an authenticator of its own over the same folder.

use std::fs;
use std::future::Future as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::lock::Lock;
use super::super::{TokenStore, write_private};
use crate::adapter::Recovery;
use crate::runtime::FakeRuntime;
use crate::{Authenticator, Error, FetchContext, Identity, Token, source_fn};

const HOUR: u64 = 3600;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A folder that stores are in, and a clock.
struct Bench {
    parent: tempfile::TempDir,
    clock: FakeRuntime,
    /// Fetches of all processes.
    fetched: Arc<AtomicUsize>,
}

/// One run of a program.
struct Process {
    auth: Authenticator,
    clock: FakeRuntime,
    told: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    fn new() -> Self {
        Self { parent: tempfile::tempdir().unwrap(), clock: FakeRuntime::new(), fetched: Arc::default() }
    }

    fn folder(&self) -> PathBuf {
        self.parent.path().join("tokens")
    }

    fn store(&self) -> TokenStore {
        TokenStore::in_folder(self.folder())
    }

    /// A process whose source answers so; the number counts the fetches of all.
    fn process_of(
        &self,
        store: TokenStore,
        identity: Identity,
        answer: impl Fn(usize) -> Result<Token, Error> + Send + Sync + 'static,
    ) -> Process {
        let (fetched, answer) = (Arc::clone(&self.fetched), Arc::new(answer));
        let source = source_fn(move |_cx: FetchContext| {
            let number = fetched.fetch_add(1, Ordering::SeqCst) + 1;
            let answer = Arc::clone(&answer);
            async move { answer(number) }
        });
        self.over(store, identity, source)
    }

    fn over(&self, store: TokenStore, identity: Identity, source: impl crate::TokenSource) -> Process {
        self.over_with(crate::Policy::default(), store, identity, source)
    }

    fn over_with(
        &self,
        policy: crate::Policy,
        store: TokenStore,
        identity: Identity,
        source: impl crate::TokenSource,
    ) -> Process {
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let hears = Arc::clone(&told);
        let store = store.on_trouble(move |trouble| hears.lock().unwrap().push(trouble.to_string()));
        let source = store.wrap_source(source, identity);
        let auth = Authenticator::builder(source).anywhere().policy(policy).runtime(self.clock.clone());
        let auth = auth.build().unwrap();
        Process { auth, clock: self.clock.clone(), told }
    }

    /// A process with tokens for an hour: `token-1`, `token-2`.
    fn process(&self) -> Process {
        self.process_of(self.store(), me(), hour)
    }

    /// The same, with an issuer that is down.
    fn process_in_outage(&self) -> Process {
        self.process_of(self.store(), me(), |_| Err(Error::transient("the issuer is down").do_not_repeat()))
    }

    fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }

    fn files(&self, extension: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
    }

    fn file(&self) -> PathBuf {
        let mut files = self.files("json");
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }

    fn lock(&self) -> Lock {
        Lock::at_once(&self.file().with_extension("lock")).unwrap().unwrap()
    }
}

impl Process {
    fn token(&self) -> Result<String, Error> {
        self.token_for(Duration::ZERO)
    }

    fn token_for(&self, life: Duration) -> Result<String, Error> {
        let token = self.clock.block_on_within(seconds(60), self.auth.token(life))?;
        Ok(token.secret().unwrap().expose().to_owned())
    }

    /// Its first token was answered 401.
    fn rejected(&self) {
        if let Recovery::Wait(recover) = self.auth.recover(1) {
            let _whatever_came = self.clock.block_on_within(seconds(60), recover);
        }
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }
}

fn me() -> Identity {
    Identity::new("me")
}

#[allow(clippy::unnecessary_wraps, reason = "it is a source's answer")]
fn hour(number: usize) -> Result<Token, Error> {
    Ok(Token::bearer(format!("token-{number}")).expires_in(seconds(HOUR)))
}

#[test]
fn what_one_process_fetched_answers_the_next_to_its_end() -> Result<(), Error> {
    let bench = Bench::new();
    assert_eq!(bench.process().token()?, "token-1");
    bench.clock.advance(seconds(2000));
    let next = bench.process();
    let token = bench.clock.block_on(next.auth.token(Duration::ZERO))?;
    assert_eq!(token.secret().unwrap().expose(), "token-1");
    assert_eq!(token.expires_at(), Some(bench.clock.wall() + seconds(1600)), "its end is what it was");
    bench.clock.advance(seconds(1600));
    assert_eq!(bench.process().token()?, "token-2");
    assert_eq!((bench.fetched(), next.told()), (2, vec![]));
    Ok(())
}

#[test]
fn a_clock_that_was_set_back_does_not_revive_a_token() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    bench.clock.advance(seconds(HOUR));
    bench.clock.step_wall(-(i64::try_from(HOUR).unwrap()) - 60);
    assert_eq!(bench.process().token()?, "token-2");
    Ok(())
}

#[test]
fn ahead_of_the_end_one_process_refreshes_and_the_others_do_not_wait_for_it() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    bench.clock.advance(seconds(3000));
    let lock = bench.lock();
    let before = bench.clock.wall();
    assert_eq!(bench.process().token()?, "token-1", "another process is at it");
    assert_eq!((bench.clock.wall(), bench.fetched()), (before, 1));
    drop(lock);
    assert_eq!(bench.process().token()?, "token-2");
    assert_eq!(bench.process().token()?, "token-2");
    Ok(())
}

#[test]
fn while_the_issuer_is_down_the_kept_token_serves_to_its_end_and_few_ask() {
    let bench = Bench::new();
    bench.process().token().unwrap();
    bench.clock.advance(seconds(3000));
    for _ in 0..3 {
        assert_eq!(bench.process_in_outage().token().unwrap(), "token-1");
    }
    assert_eq!(bench.fetched(), 2, "the next asks after a pause");
    bench.clock.advance(seconds(30));
    assert_eq!(bench.process_in_outage().token().unwrap(), "token-1");
    assert_eq!(bench.fetched(), 3);
    bench.clock.advance(seconds(565));
    assert_eq!(bench.process_in_outage().token().unwrap(), "token-1", "its last moments");
    bench.clock.advance(seconds(5));
    assert!(bench.process_in_outage().token().unwrap_err().to_string().contains("the issuer is down"));
}

#[test]
fn an_issuer_that_does_not_answer_is_not_waited_for_to_the_last() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    bench.clock.advance(seconds(3000));
    let silent = bench.over(bench.store(), me(), source_fn(|_cx| std::future::pending()));
    let before = bench.clock.wall();
    assert_eq!(silent.token()?, "token-1");
    assert_eq!(bench.clock.wall(), before + seconds(5), "half of what an attempt has");
    Ok(())
}

#[test]
fn an_answer_that_can_come_only_once_is_waited_for() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    bench.clock.advance(seconds(3000));
    let slow = source_fn(|cx: FetchContext| async move {
        cx.single_use();
        cx.timeout(seconds(7), std::future::pending::<()>()).await;
        hour(2)
    });
    assert_eq!(bench.over(bench.store(), me(), slow).token()?, "token-2");
    Ok(())
}

#[test]
fn a_rejected_token_does_not_come_back() -> Result<(), Error> {
    let bench = Bench::new();
    let (one, other) = (bench.process(), bench.process());
    assert_eq!((one.token()?, other.token()?), ("token-1".to_owned(), "token-1".to_owned()));
    bench.clock.advance(seconds(1));
    one.rejected();
    assert_eq!((one.token()?, bench.fetched()), ("token-2".to_owned(), 2));
    other.rejected();
    assert_eq!(
        (other.token()?, bench.fetched()),
        ("token-2".to_owned(), 2),
        "it is the one that the other process has"
    );
    assert_eq!(bench.process().token()?, "token-2");
    Ok(())
}

#[test]
fn a_rejected_token_is_kept_no_more_even_if_there_is_no_other() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    let process = bench.process_in_outage();
    process.token()?;
    process.rejected();
    assert!(bench.files("json").is_empty());
    Ok(())
}

#[test]
fn a_token_that_was_forgotten_does_not_come_back() -> Result<(), Error> {
    let bench = Bench::new();
    let process = bench.process();
    process.token()?;
    process.auth.invalidate();
    assert_eq!(process.token()?, "token-2");
    Ok(())
}

#[test]
fn an_early_refresh_of_a_long_run_takes_what_another_process_brought_and_not_its_own() -> Result<(), Error> {
    let bench = Bench::new();
    let process = bench.process();
    process.token()?;
    bench.clock.advance(seconds(2900));
    process.token()?;
    bench.clock.run_until_idle();
    assert_eq!((process.token()?, bench.fetched()), ("token-2".to_owned(), 2), "the file had nothing newer");
    bench.clock.advance(seconds(2600));
    let another = bench.process_of(bench.store().write_only(), me(), hour);
    another.token()?;
    bench.clock.advance(seconds(300));
    process.token()?;
    bench.clock.run_until_idle();
    assert_eq!((process.token()?, bench.fetched()), ("token-3".to_owned(), 3));
    Ok(())
}

#[test]
fn who_wants_more_life_than_is_kept_gets_a_new_one_and_the_kept_one_if_there_is_none() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    bench.clock.advance(seconds(1800));
    assert_eq!(bench.process().token_for(seconds(1800))?, "token-1");
    assert_eq!(bench.process_in_outage().token_for(seconds(1801))?, "token-1");
    let process = bench.process();
    assert_eq!(process.token()?, "token-1");
    bench.clock.advance(seconds(60));
    assert_eq!(process.token_for(seconds(1801))?, "token-3", "which also replaces one that is there already");
    Ok(())
}

#[test]
fn whoever_waited_for_another_process_fetches_nothing() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    bench.clock.advance(seconds(HOUR));
    let (lock, file) = (bench.lock(), bench.file());
    let waiting = bench.process();
    let acquire = waiting.auth.token(Duration::ZERO);
    // It has seen that the lock is taken, and waits beside us.
    let mut acquire = std::pin::pin!(acquire);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(acquire.as_mut().poll(&mut context).is_pending());
    bench.clock.advance(seconds(1));
    let aside = Bench { parent: tempfile::tempdir().unwrap(), clock: bench.clock.clone(), fetched: Arc::default() };
    aside.process_of(aside.store(), me(), |_| Ok(Token::bearer("theirs").expires_in(seconds(60)))).token()?;
    write_private(&file, &fs::read(aside.file()).unwrap())?;
    drop(lock);
    let token = bench.clock.block_on_within(seconds(1), acquire)?;
    assert_eq!((token.secret().unwrap().expose(), bench.fetched()), ("theirs", 1));
    assert_eq!(bench.process().token_for(seconds(2 * HOUR))?, "token-2", "nobody brought it while this one waited");
    Ok(())
}

#[test]
fn a_lock_that_is_not_given_back_is_done_without() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    bench.clock.advance(seconds(HOUR));
    let _lock = bench.lock();
    let (process, before) = (bench.process(), bench.clock.wall());
    assert_eq!(process.token()?, "token-2");
    assert_eq!(bench.clock.wall(), before + seconds(10), "as long as a fetch may take");
    let [told] = &process.told()[..] else { panic!("{:?}", process.told()) };
    assert!(told.contains("another process has held") && told.contains(".lock"), "{told}");
    Ok(())
}

#[test]
fn a_fetch_that_waited_has_all_its_time() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    bench.clock.advance(seconds(HOUR));
    let _lock = bench.lock();
    let slow = source_fn(|cx: FetchContext| async move {
        cx.timeout(seconds(9), std::future::pending::<()>()).await;
        hour(2)
    });
    assert_eq!(bench.over(bench.store(), me(), slow).token()?, "token-2");
    Ok(())
}

#[test]
fn without_a_known_end_or_a_token_nothing_is_kept() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process_of(bench.store(), me(), |_| Ok(Token::bearer("opaque"))).token()?;
    let none = bench.process_of(bench.store(), me(), |_| Ok(Token::none_needed()));
    bench.clock.block_on(none.auth.warm_up())?;
    assert!(bench.files("json").is_empty());
    Ok(())
}

#[test]
fn a_store_that_is_written_only_has_each_process_fetch_and_the_next_has_it() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    let forced = bench.process_of(bench.store().write_only(), me(), hour);
    assert_eq!(forced.token()?, "token-2");
    assert_eq!(bench.process().token()?, "token-2");
    Ok(())
}

#[test]
fn another_identity_has_another_file_and_in_each_folder_another_name() -> Result<(), Error> {
    let (bench, other) = (Bench::new(), Bench::new());
    bench.process().token()?;
    let name = bench.file();
    let them = bench.process_of(bench.store(), me().with("api_key", "another"), hour);
    assert_eq!(them.token()?, "token-2");
    assert_eq!(bench.files("json").len(), 2);
    other.process().token()?;
    assert_ne!(name.file_name(), other.file().file_name(), "whoever sees a name can't check a guess");
    Ok(())
}

#[test]
fn what_is_not_a_token_is_told_and_replaced() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    write_private(&bench.file(), b"{\"version\":1,\"tok")?;
    let process = bench.process();
    assert_eq!(process.token()?, "token-2");
    let told = process.told();
    assert!(told.len() == 1 && told[0].contains("holds no token"), "{told:?}");
    assert_eq!(bench.process().token()?, "token-2");
    Ok(())
}

#[test]
fn a_folder_that_can_not_be_made_costs_nothing_but_the_keeping() -> Result<(), Error> {
    let bench = Bench::new();
    fs::write(bench.folder(), "a file").unwrap();
    let process = bench.process();
    assert_eq!(process.token()?, "token-1");
    assert!(process.told()[0].contains("the token cache is not used"), "{:?}", process.told());
    Ok(())
}

/// Who hands a token on for a short while has to know which it is: `stated_remaining`.
#[test]
fn whether_its_end_was_stated_or_assumed_is_kept_with_it() -> Result<(), Error> {
    for (token, is_stated) in [
        (Token::bearer("t").default_lifetime(seconds(HOUR)), false),
        (Token::bearer("t").expires_in(seconds(HOUR)), true),
    ] {
        let bench = Bench::new();
        for _first_and_second in 0..2 {
            let token = token.clone();
            let process = bench.process_of(bench.store(), me(), move |_| Ok(token.clone()));
            let credential = bench.clock.block_on(process.auth.token(Duration::ZERO))?;
            assert_eq!(credential.stated_remaining(process.auth.now()).is_some(), is_stated);
            assert!(credential.expires_at().is_some());
        }
        assert_eq!(bench.fetched(), 1);
    }
    Ok(())
}

#[test]
fn many_that_begin_at_once_agree_on_a_name() {
    let bench = Bench::new();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| bench.store().folder.place([7; 32]).unwrap());
        }
    });
    let places: Vec<_> = (0..2).map(|_| bench.store().folder.place([7; 32]).unwrap().token).collect();
    assert_eq!(places[0], places[1]);
}

mod margin;
#[cfg(unix)]
mod of_others;
mod removal;
