//! Token files that are not there, not readable, not whole, or not files.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use auth_core::Authenticator;
use auth_core::sources::FileToken;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use tempfile::TempDir;

use crate::front::Front;
use crate::scene::{Scene, Seen};

super::scenarios! {
    "file/missing": missing,
    "file/mode-0644": readable_by_all,
    "file/folder": folder,
    "file/fifo": fifo,
    "file/dev-zero": dev_zero,
    "file/dev-null": dev_null,
    "file/huge": huge,
    "file/empty": empty,
    "file/no-newline": no_newline,
    "file/crlf": crlf,
    "file/byte-order-mark": byte_order_mark,
    "file/utf-16": utf_16,
    "file/nul": nul,
    "file/read-error": read_error,
    "file/link-in-a-circle": link_in_a_circle,
    "file/link-swapped": link_swapped,
    "file/link-dangles-in-swap": link_dangles,
    "file/removed": removed,
    "file/written-in-place": written_in_place,
    "file/torn-at-start": torn_at_start,
    "file/fifo-in-its-place": fifo_in_its_place,
}

const RECHECK: Duration = Duration::from_secs(30);

/// A token file in a folder of its own.
pub(super) struct Place {
    pub(super) folder: TempDir,
    pub(super) path: PathBuf,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        Self { folder, path }
    }

    pub(super) fn write(&self, content: impl AsRef<[u8]>) {
        fs::write(&self.path, content).unwrap();
    }
}

async fn reading<F: Front>(path: &Path) -> Scene<F> {
    Scene::with(|_| Authenticator::builder(FileToken::new(path))).await
}

/// One request, with what stands in the file then; `{}` is a good token.
async fn holding<F: Front>(content: &str) -> Seen {
    let place = Place::new();
    let scene = reading::<F>(&place.path).await;
    place.write(content.replace("{}", &scene.emulator.issue_token()));
    scene.get().await;
    scene.seen()
}

/// One request, with this in the file's place.
async fn at<F: Front>(path: &Path) -> Seen {
    let scene = reading::<F>(path).await;
    scene.get().await;
    scene.seen()
}

async fn missing<F: Front>() -> Seen {
    let place = Place::new();
    let scene = reading::<F>(&place.path).await;
    scene.get().await;
    place.write(scene.emulator.issue_token());
    scene.get().await;
    scene.clock.advance(Duration::from_secs(5));
    scene.get().await;
    scene.seen()
}

async fn readable_by_all<F: Front>() -> Seen {
    let place = Place::new();
    let scene = reading::<F>(&place.path).await;
    place.write(scene.emulator.issue_token());
    fs::set_permissions(&place.path, fs::Permissions::from_mode(0o644)).unwrap();
    scene.get().await;
    scene.seen()
}

async fn folder<F: Front>() -> Seen {
    at::<F>(Place::new().folder.path()).await
}

/// Nobody writes into it.
async fn fifo<F: Front>() -> Seen {
    let place = Place::new();
    mkfifo(&place.path, Mode::S_IRWXU).unwrap();
    at::<F>(&place.path).await
}

async fn dev_zero<F: Front>() -> Seen {
    at::<F>(Path::new("/dev/zero")).await
}

async fn dev_null<F: Front>() -> Seen {
    at::<F>(Path::new("/dev/null")).await
}

/// A terabyte, of which nothing is on the disk.
pub(super) fn make_huge(path: &Path) {
    let file = File::create(path).unwrap();
    // Some file systems have no room for it in their numbers.
    file.set_len(1 << 40).or_else(|_| file.set_len(1 << 32)).unwrap();
}

async fn huge<F: Front>() -> Seen {
    let place = Place::new();
    make_huge(&place.path);
    at::<F>(&place.path).await
}

async fn empty<F: Front>() -> Seen {
    holding::<F>("").await
}

async fn no_newline<F: Front>() -> Seen {
    holding::<F>("{}").await
}

async fn crlf<F: Front>() -> Seen {
    holding::<F>("{}\r\n").await
}

async fn byte_order_mark<F: Front>() -> Seen {
    holding::<F>("\u{feff}{}\n").await
}

async fn utf_16<F: Front>() -> Seen {
    let place = Place::new();
    let scene = reading::<F>(&place.path).await;
    let token = scene.emulator.issue_token();
    place.write([0xff, 0xfe].into_iter().chain(token.bytes().flat_map(|byte| [byte, 0])).collect::<Vec<u8>>());
    scene.get().await;
    scene.seen()
}

async fn nul<F: Front>() -> Seen {
    holding::<F>("{}\0").await
}

/// A file that can be opened and not read, as on a disk with an error.
async fn read_error<F: Front>() -> Seen {
    at::<F>(Path::new("/proc/self/mem")).await
}

async fn link_in_a_circle<F: Front>() -> Seen {
    let place = Place::new();
    symlink(&place.path, &place.path).unwrap();
    at::<F>(&place.path).await
}

/// Whether the API got these tokens, in this order.
fn sent<F: Front>(scene: &Scene<F>, tokens: &[&String]) {
    let got: Vec<_> =
        scene.emulator.api_requests().iter().map(|got| got.header("authorization").map(str::to_owned)).collect();
    let wanted: Vec<_> = tokens.iter().map(|token| Some(format!("Bearer {token}"))).collect();
    if got != wanted {
        scene.lost("another token was sent than the one that was in the file");
    }
}

/// As Kubernetes does it: `token` leads to `..data/token`, and `..data` is put in another's place.
struct Mounted(Place);

impl Mounted {
    fn new(token: &str) -> Self {
        let place = Place::new();
        let mounted = Self(place);
        mounted.version("1", Some(token));
        mounted.swap("1");
        symlink("..data/token", &mounted.0.path).unwrap();
        mounted
    }

    fn version(&self, name: &str, token: Option<&str>) {
        let folder = self.0.folder.path().join(name);
        fs::create_dir(&folder).unwrap();
        token.iter().for_each(|token| fs::write(folder.join("token"), token).unwrap());
    }

    fn swap(&self, name: &str) {
        let link = self.0.folder.path().join("..data");
        let next = self.0.folder.path().join("..next");
        symlink(name, &next).unwrap();
        fs::rename(next, link).unwrap();
    }
}

async fn mounted<F: Front>() -> (Scene<F>, Mounted, String) {
    let path = std::sync::OnceLock::new();
    let scene = Scene::<F>::with(|emulator| {
        let mounted = Mounted::new(&emulator.issue_token());
        let builder = Authenticator::builder(FileToken::new(&mounted.0.path));
        let _first = path.set(mounted);
        builder
    })
    .await;
    let mounted = path.into_inner().unwrap();
    let first = scene.emulator.issued_tokens()[0].clone();
    (scene, mounted, first)
}

async fn link_swapped<F: Front>() -> Seen {
    let (scene, mounted, first) = mounted::<F>().await;
    scene.get().await;
    let second = scene.emulator.issue_token();
    mounted.version("2", Some(&second));
    mounted.swap("2");
    scene.clock.advance(RECHECK);
    scene.get().await;
    sent(&scene, &[&first, &second]);
    scene.seen()
}

/// The new version is there before its token is.
async fn link_dangles<F: Front>() -> Seen {
    let (scene, mounted, first) = mounted::<F>().await;
    scene.get().await;
    mounted.version("2", None);
    mounted.swap("2");
    scene.clock.advance(RECHECK);
    scene.get().await;
    let second = scene.emulator.issue_token();
    fs::write(mounted.0.folder.path().join("2/token"), &second).unwrap();
    scene.clock.advance(Duration::from_secs(10));
    scene.get().await;
    sent(&scene, &[&first, &first, &second]);
    scene.seen()
}

async fn removed<F: Front>() -> Seen {
    let place = Place::new();
    let scene = reading::<F>(&place.path).await;
    place.write(scene.emulator.issue_token());
    scene.get().await;
    fs::remove_file(&place.path).unwrap();
    scene.clock.advance(RECHECK);
    scene.get().await;
    scene.clock.advance(Duration::from_secs(3600) - RECHECK);
    scene.get().await;
    scene.seen()
}

/// Emptied, then written piece by piece: each time somebody looks, there is more of it.
async fn written_in_place<F: Front>() -> Seen {
    let place = Place::new();
    let scene = reading::<F>(&place.path).await;
    let (first, second) = (scene.emulator.issue_token(), scene.emulator.issue_token());
    place.write(&first);
    scene.get().await;
    scene.clock.advance(RECHECK - Duration::from_secs(10));
    let dot = second.find('.').unwrap();
    let pieces =
        [0, 1, dot - 1, dot, dot + 1, second.rfind('.').unwrap(), second.rfind('.').unwrap() + 1, second.len() - 1];
    for length in pieces {
        place.write(&second[..length]);
        scene.clock.advance(Duration::from_secs(10));
        scene.get().await;
    }
    place.write(&second);
    scene.clock.advance(Duration::from_secs(10));
    scene.get().await;
    let firsts = std::iter::repeat_n(&first, 1 + pieces.len());
    sent(&scene, &firsts.chain([&second]).collect::<Vec<_>>());
    scene.seen()
}

/// There is no token to compare it with.
async fn torn_at_start<F: Front>() -> Seen {
    let place = Place::new();
    let scene = reading::<F>(&place.path).await;
    let token = scene.emulator.issue_token();
    place.write(&token[..token.len() / 2]);
    scene.get().await;
    place.write(&token);
    scene.clock.advance(Duration::from_secs(5));
    scene.get().await;
    scene.seen()
}

/// While a token serves.
async fn fifo_in_its_place<F: Front>() -> Seen {
    let place = Place::new();
    let scene = reading::<F>(&place.path).await;
    place.write(scene.emulator.issue_token());
    scene.get().await;
    fs::remove_file(&place.path).unwrap();
    mkfifo(&place.path, Mode::S_IRWXU).unwrap();
    scene.clock.advance(RECHECK);
    scene.get().await;
    scene.seen()
}
