//! The folder with tokens that are kept between runs: broken, gone, somebody else's, full, or locked.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use auth_core::exchange::TokenEndpoint;
use auth_core::sources::ApiKey;
use auth_core::store::TokenStore;
use auth_core::{Authenticator, Builder, Identity};
use auth_emulator::Emulator;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::front::Front;
use crate::scene::{Scene, Seen};

super::scenarios! {
    "store/kept": kept,
    "store/folder-cannot-be-made": folder_cannot_be_made,
    "store/folder-read-only": folder_read_only,
    "store/folder-open-to-others": folder_open_to_others,
    "store/folder-removed": folder_removed,
    "store/token-torn": token_torn,
    "store/token-open-to-others": token_open_to_others,
    "store/token-is-a-link": token_is_a_link,
    "store/token-is-a-fifo": token_is_a_fifo,
    "store/token-is-a-folder": token_is_a_folder,
    "store/lock-is-a-fifo": lock_is_a_fifo,
    "store/lock-held": lock_held,
}

/// A folder of kept tokens, and what is told about it.
#[derive(Clone)]
pub(crate) struct Kept {
    folder: PathBuf,
    told: Arc<Mutex<Vec<String>>>,
}

impl Kept {
    pub(crate) fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), told: Arc::default() }
    }

    pub(crate) fn key(&self, token_url: &str) -> Builder {
        let told = Arc::clone(&self.told);
        let store =
            TokenStore::in_folder(&self.folder).on_trouble(move |error| told.lock().unwrap().push(error.to_string()));
        let key = ApiKey::new(TokenEndpoint::parse(token_url).unwrap(), Emulator::API_KEY).unwrap();
        Authenticator::builder(store.wrap_source(key, Identity::new("proof").with("key", Emulator::API_KEY)))
    }

    pub(crate) fn is_told(&self) -> bool {
        !self.told.lock().unwrap().is_empty()
    }

    /// The file of the folder whose name ends so.
    fn file(&self, ending: &str) -> PathBuf {
        let files = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files = files.filter(|path| path.extension().is_some_and(|found| found == ending));
        files.next().expect("it was made by the first run")
    }
}

/// A first run of a program, what happens then, and two more. Whatever is wrong is told, or nothing is.
async fn three_runs<F: Front>(happens: impl FnOnce(&Kept, &Scene<F>), is_told: bool) -> Seen {
    let home = tempfile::tempdir().unwrap();
    runs_in::<F>(&home.path().join("tokens"), happens, is_told).await
}

async fn runs_in<F: Front>(folder: &Path, happens: impl FnOnce(&Kept, &Scene<F>), is_told: bool) -> Seen {
    let kept = Kept::in_folder(folder);
    let mut scene = Scene::<F>::with(|emulator| kept.key(&emulator.token_url())).await;
    // A process that another scenario starts has the lock, too, for the moment from its fork to its exec; then it is waited for.
    let _passing = scene.let_time_pass();
    scene.get().await;
    happens(&kept, &scene);
    for _ in 0..2 {
        scene.restarted(kept.key(&scene.emulator.token_url()));
        scene.get().await;
    }
    let told = kept.told.lock().unwrap().clone();
    told.iter().for_each(|told| scene.heard(told));
    if told.is_empty() == is_told {
        scene.lost(format!("told of trouble: {told:?}"));
    }
    scene.seen()
}

async fn kept<F: Front>() -> Seen {
    three_runs::<F>(|_, _| (), false).await
}

async fn folder_cannot_be_made<F: Front>() -> Seen {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    File::create(&file).unwrap();
    runs_in::<F>(&file.join("tokens"), |_, _| (), true).await
}

/// Where nobody can make one, root included.
async fn folder_read_only<F: Front>() -> Seen {
    runs_in::<F>(Path::new("/proc/tokens"), |_, _| (), true).await
}

async fn folder_open_to_others<F: Front>() -> Seen {
    three_runs::<F>(|kept, _| fs::set_permissions(&kept.folder, fs::Permissions::from_mode(0o755)).unwrap(), true).await
}

async fn folder_removed<F: Front>() -> Seen {
    three_runs::<F>(|kept, _| fs::remove_dir_all(&kept.folder).unwrap(), false).await
}

async fn token_torn<F: Front>() -> Seen {
    let tear = |kept: &Kept| {
        let file = kept.file("json");
        let length = fs::metadata(&file).unwrap().len();
        File::options().write(true).open(file).unwrap().set_len(length / 2).unwrap();
    };
    three_runs::<F>(|kept, _| tear(kept), true).await
}

async fn token_open_to_others<F: Front>() -> Seen {
    let open = |kept: &Kept| fs::set_permissions(kept.file("json"), fs::Permissions::from_mode(0o604)).unwrap();
    three_runs::<F>(|kept, _| open(kept), true).await
}

/// To another's token, which is a good one.
async fn token_is_a_link<F: Front>() -> Seen {
    let link = |kept: &Kept, scene: &Scene<F>| {
        let file = kept.file("json");
        let others = kept.folder.join("others");
        let mine = scene.emulator.issued_tokens()[0].clone();
        let theirs = scene.emulator.issue_token();
        let content = fs::read_to_string(&file).unwrap();
        assert!(content.contains(&mine), "the token is in it as it is");
        fs::write(&others, content.replace(&mine, &theirs)).unwrap();
        fs::set_permissions(&others, fs::Permissions::from_mode(0o600)).unwrap();
        fs::remove_file(&file).unwrap();
        symlink(&others, file).unwrap();
        scene.must_not_be_sent(theirs);
    };
    three_runs::<F>(link, true).await
}

/// Nobody writes into it.
fn fifo_at(path: &Path) {
    fs::remove_file(path).unwrap();
    mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
}

async fn token_is_a_fifo<F: Front>() -> Seen {
    three_runs::<F>(|kept, _| fifo_at(&kept.file("json")), true).await
}

async fn token_is_a_folder<F: Front>() -> Seen {
    let make = |kept: &Kept| {
        let file = kept.file("json");
        fs::remove_file(&file).unwrap();
        fs::create_dir(file).unwrap();
    };
    three_runs::<F>(|kept, _| make(kept), true).await
}

async fn lock_is_a_fifo<F: Front>() -> Seen {
    let spoil = |kept: &Kept| {
        fs::remove_file(kept.file("json")).unwrap();
        fifo_at(&kept.file("lock"));
    };
    three_runs::<F>(|kept, _| spoil(kept), true).await
}

/// By somebody who does not fetch, and does not end.
async fn lock_held<F: Front>() -> Seen {
    let home = tempfile::tempdir().unwrap();
    let kept = Kept::in_folder(home.path().join("tokens"));
    let mut scene = Scene::<F>::with(|emulator| kept.key(&emulator.token_url())).await;
    scene.get().await;
    fs::remove_file(kept.file("json")).unwrap();
    let lock = File::options().write(true).open(kept.file("lock")).unwrap();
    lock.lock().unwrap();
    scene.restarted(kept.key(&scene.emulator.token_url()));
    let passing = scene.let_time_pass();
    scene.get().await;
    drop(passing);
    if kept.told.lock().unwrap().is_empty() {
        scene.lost("nobody was told of the lock");
    }
    drop(lock);
    scene.seen()
}
