//! Files with settings or a service account's key, and what helpers print, that are not there, not readable, not whole, or odd.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::settings::Profiles;
use auth_core::sources::{ApiKey, Exec};
use auth_core::systems::skyflow::BearerToken;
use auth_core::{Authenticator, Env, Error};
use auth_emulator::Emulator;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::files::{Place, make_huge};
use crate::front::Front;
use crate::scene::{Scene, Seen};

super::scenarios! {
    "file/profile-unusable": profile_unusable,
    "file/profile-odd": profile_odd,
    "file/dotenv-unusable": dotenv_unusable,
    "file/dotenv-odd": dotenv_odd,
    "file/account-unusable": account_unusable,
    "file/account-repaired": account_repaired,
    "file/helper-unusable": helper_unusable,
    "file/helper-odd": helper_odd,
}

/// Puts one after the other there, and notes what comes of reading it: nothing there, a folder, a pipe, something huge, an
/// endless device, UTF-16.
fn unusable<F: Front>(scene: &Scene<F>, read: impl Fn(&Path) -> Result<(), Error>) {
    let place = Place::new();
    let look = |path: &Path| match read(path) {
        Ok(()) => scene.saw("read"),
        Err(error) => scene.saw_error(&error),
    };
    look(&place.path);
    look(place.folder.path());
    mkfifo(&place.path, Mode::S_IRWXU).unwrap();
    look(&place.path);
    fs::remove_file(&place.path).unwrap();
    make_huge(&place.path);
    look(&place.path);
    place.write([0xff, 0xfe, b'a', 0]);
    look(&place.path);
    look(Path::new("/dev/zero"));
    look(Path::new("/proc/self/mem"));
}

fn profile(path: &Path) -> Result<(auth_core::Access, bool), Error> {
    let profiles = Profiles::read(path, &Env::empty())?;
    Ok((profiles.access(None, &Env::empty())?, profiles.warning().is_some()))
}

async fn profile_unusable<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    unusable(&scene, |path| profile(path).map(drop));
    scene.seen()
}

/// The lines of a file as other systems' editors leave them, which everybody can read.
fn odd(path: &Path, lines: &[String]) {
    fs::write(path, format!("\u{feff}{}", lines.join("\r\n"))).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
}

async fn profile_odd<F: Front>() -> Seen {
    let place = Place::new();
    let scene = Scene::<F>::with(|emulator| {
        let line = |key: &str, value: &str| format!("{key} = \"{value}\"");
        let (url, token_url) = (line("endpoint", emulator.url()), line("token_url", &emulator.token_url()));
        let key = line("api_key", Emulator::API_KEY);
        odd(&place.path, &["[profile.default]".to_owned(), line("type", "api_key"), url, token_url, key]);
        let (access, is_warned) = profile(&place.path).unwrap();
        assert!(is_warned, "others can read the key");
        Authenticator::builder(access.source().unwrap().clone())
    })
    .await;
    scene.get().await;
    scene.seen()
}

async fn dotenv_unusable<F: Front>() -> Seen {
    let scene = Scene::<F>::new().await;
    unusable(&scene, |path| Env::empty().with_dotenv(path).map(drop));
    scene.seen()
}

async fn dotenv_odd<F: Front>() -> Seen {
    let place = Place::new();
    let scene = Scene::<F>::with(|emulator| {
        odd(&place.path, &["# ours".to_owned(), format!("export KEY='{}'", Emulator::API_KEY)]);
        let env = Env::empty().with_dotenv(&place.path).unwrap();
        let endpoint = TokenEndpoint::parse(&emulator.token_url()).unwrap();
        Authenticator::builder(ApiKey::new(endpoint, env.get("KEY").unwrap().unwrap()).unwrap())
    })
    .await;
    scene.get().await;
    scene.seen()
}

/// A service account's, which is read for each token.
async fn account<F: Front>(path: &Path) -> Scene<F> {
    Scene::with(|_| Authenticator::builder(BearerToken::from_file(path))).await
}

async fn account_unusable<F: Front>() -> Seen {
    let place = Place::new();
    let scene = account::<F>(&place.path).await;
    let put: [fn(&Place); 5] = [
        |place: &Place| fs::create_dir(&place.path).unwrap(),
        |place: &Place| {
            fs::remove_dir(&place.path).unwrap();
            mkfifo(&place.path, Mode::S_IRWXU).unwrap();
        },
        |place: &Place| {
            fs::remove_file(&place.path).unwrap();
            make_huge(&place.path);
        },
        |place: &Place| place.write([0xff, 0xfe, b'{', 0]),
        |place: &Place| place.write(r#"{"clientID":"c","keyID":"k","tokenURI":"https://manage.skyfl"#),
    ];
    scene.get().await;
    for put in put {
        put(&place);
        scene.auth.invalidate();
        scene.get().await;
    }
    scene.seen()
}

/// Torn, and whole when its failure is not kept any more.
async fn account_repaired<F: Front>() -> Seen {
    let place = Place::new();
    let scene = account::<F>(&place.path).await;
    let json = scene.emulator.skyflow().credentials_json();
    place.write(&json[..json.len() / 2]);
    scene.get().await;
    place.write(&json);
    scene.clock.advance(Duration::from_secs(5));
    let fetched = scene.auth.warm_up().await;
    scene.saw(fetched.map_or_else(|error| error.kind().to_string(), |()| "token".to_owned()));
    scene.seen()
}

fn helper(script: &str, file: &Path) -> Exec {
    let arguments = ["-c".to_owned(), script.to_owned(), "sh".to_owned(), file.display().to_string()];
    Exec::new("sh", arguments).in_env(Env::of([("PATH", "/usr/bin:/bin")]))
}

async fn printing<F: Front>(script: &str, content: &str) -> Seen {
    let place = Place::new();
    let scene = Scene::<F>::with(|_| Authenticator::builder(helper(script, &place.path))).await;
    place.write(content.replace("{}", &scene.emulator.issue_token()));
    scene.get().await;
    scene.seen()
}

async fn helper_unusable<F: Front>() -> Seen {
    let place = Place::new();
    let scene = Scene::<F>::with(|_| Authenticator::builder(helper(r#"sh "$1""#, &place.path))).await;
    for output in ["", "cat /dev/zero", "printf 'a\\0b'", "printf '\\377\\376a\\0'", "echo one; echo two", "exit 1"] {
        place.write(output);
        scene.auth.invalidate();
        scene.get().await;
    }
    scene.seen()
}

async fn helper_odd<F: Front>() -> Seen {
    printing::<F>(r#"printf '\357\273\277'; cat "$1""#, "{}\r\n").await
}
