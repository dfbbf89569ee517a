//! This program once more, as a process that a scenario starts, and kills.
//!
//! It sends one request, says on stdout what came of it, and logs to stderr at TRACE.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use auth_core::exchange::{Client as OAuthClient, TokenEndpoint};
use auth_core::sources::{Exec, RefreshToken};
use auth_core::store::{TokenStore, write_private};
use auth_core::{Authenticator, Builder, Env, Identity};
use auth_emulator::systems::OAuth;
use nix::sys::resource::{Resource, setrlimit};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use crate::front::{Core, Front};
use crate::rig::{Client, Failed, HANG, Replay, Reqwest, Tower, get};
use crate::scenarios::store::Kept;
use crate::scene::Scene;

const FLAG: &str = "--as-a-program";

/// What it does.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Plot {
    /// Exchanges the emulator's API key, and keeps the token.
    Key,
    /// The same on a disk on which there is room for the names' key and not for a token.
    KeyOnFullDisk,
    /// The same, and the first byte too many ends the process.
    KeyCutOff,
    /// Redeems the refresh token that is in its folder, and saves the next one there.
    Refresh,
    /// The same, and saving never ends.
    RefreshWithoutSaving,
    /// Redeems it, and shuts down in order when it is terminated.
    RefreshInOrder,
    /// Runs a helper that hangs, unless a token is in its folder.
    Helper,
    /// The same, and ends in order when it is terminated.
    HelperInOrder,
}

const PLOTS: [(&str, Plot); 8] = [
    ("key", Plot::Key),
    ("key-on-full-disk", Plot::KeyOnFullDisk),
    ("key-cut-off", Plot::KeyCutOff),
    ("refresh", Plot::Refresh),
    ("refresh-without-saving", Plot::RefreshWithoutSaving),
    ("refresh-in-order", Plot::RefreshInOrder),
    ("helper", Plot::Helper),
    ("helper-in-order", Plot::HelperInOrder),
];

/// The files in its folder.
pub(crate) const REFRESH_TOKEN: &str = "refresh-token";
pub(crate) const TOKEN: &str = "token";
pub(crate) const LIFELINE: &str = "lifeline";

/// The program with this to do over this front end, against the scene's emulator.
pub(crate) fn of<F: Front>(scene: &Scene<F>, plot: Plot, folder: &Path) -> Command {
    let name = PLOTS.iter().find(|(_, known)| *known == plot).expect("all are listed").0;
    let own = std::env::current_exe().unwrap();
    let mut program = Command::new(if plot == Plot::KeyOnFullDisk { Path::new("sh") } else { &own });
    if plot == Plot::KeyOnFullDisk {
        // A signal that is ignored stays so in whatever a process becomes, and an error takes its place.
        program.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(&own);
    }
    let emulator = &scene.emulator;
    program.args([FLAG, F::NAME, name, emulator.url(), &emulator.token_url(), &emulator.oauth().token_url()]);
    program.arg(emulator.api_url()).arg(folder);
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    program
}

/// What a program was started to do.
pub(crate) struct Role {
    front: String,
    plot: Plot,
    origin: String,
    token_url: String,
    oauth_url: String,
    api_url: String,
    folder: PathBuf,
}

/// If that is what these arguments ask for.
pub(crate) fn role(arguments: &[String]) -> Option<Role> {
    let [flag, front, plot, origin, token_url, oauth_url, api_url, folder] = arguments else { return None };
    let plot = PLOTS.iter().find(|(name, _)| name == plot)?.1;
    (flag == FLAG).then(|| Role {
        front: front.clone(),
        plot,
        origin: origin.clone(),
        token_url: token_url.clone(),
        oauth_url: oauth_url.clone(),
        api_url: api_url.clone(),
        folder: folder.into(),
    })
}

impl Role {
    pub(crate) async fn play(self) {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(std::io::stderr)
            .init();
        match self.front.as_str() {
            Core::NAME => self.play_over::<Core>().await,
            Reqwest::NAME => self.play_over::<Reqwest>().await,
            _ => self.play_over::<Tower>().await,
        }
    }

    async fn play_over<F: Front>(self) {
        if matches!(self.plot, Plot::KeyOnFullDisk | Plot::KeyCutOff) {
            setrlimit(Resource::RLIMIT_CORE, 0, 0).unwrap();
            setrlimit(Resource::RLIMIT_FSIZE, 100, 100).unwrap();
        }
        let kept = Kept::in_folder(self.folder.join("kept"));
        let auth = self.builder(&kept).for_origins([&self.origin]).transport(F::transport()).build().unwrap();
        let client = F::client(auth.clone(), Replay::Bodies);
        match self.plot {
            Plot::RefreshInOrder => {
                let closing = async {
                    terminated().await;
                    let shutdown = auth.shutdown();
                    println!("closing");
                    shutdown.await;
                };
                tokio::join!(closing, self.request(&client));
            }
            Plot::HelperInOrder => tokio::select! {
                biased;
                () = terminated() => println!("terminated"),
                () = self.request(&client) => {}
            },
            _ => self.request(&client).await,
        }
        if kept.is_told() {
            println!("told");
        }
    }

    async fn request(&self, client: &Client) {
        println!(
            "{}",
            match client.send(get(format!("{}/items", self.api_url))).await {
                Ok(response) => response.status().as_str().to_owned(),
                Err(Failed::Auth(error)) => error.kind().to_string(),
                Err(Failed::Client(error)) => format!("client: {error}"),
            }
        );
    }

    fn builder(&self, kept: &Kept) -> Builder {
        match self.plot {
            Plot::Key | Plot::KeyOnFullDisk | Plot::KeyCutOff => kept.key(&self.token_url),
            Plot::Refresh | Plot::RefreshWithoutSaving | Plot::RefreshInOrder => {
                let path = self.folder.join(REFRESH_TOKEN);
                let endpoint = TokenEndpoint::parse(&self.oauth_url).unwrap();
                let token = fs::read_to_string(&path).unwrap();
                let client = OAuthClient::public(OAuth::PUBLIC_CLIENT_ID);
                let never = self.plot == Plot::RefreshWithoutSaving;
                let source = RefreshToken::new(endpoint, client, token).unwrap().on_rotate(move |next| {
                    let path = path.clone();
                    async move {
                        if never {
                            println!("saving");
                            std::future::pending::<()>().await;
                        }
                        write_private(&path, next.expose().as_bytes())
                    }
                });
                Authenticator::builder(source)
            }
            Plot::Helper | Plot::HelperInOrder => {
                let script = format!(r#"if [ -e "$2" ]; then cat "$2"; else {HANG}; fi"#);
                let file = |name| self.folder.join(name).display().to_string();
                let helper = Exec::new("sh", ["-c".to_owned(), script, "sh".to_owned(), file(LIFELINE), file(TOKEN)]);
                let helper = helper.in_env(Env::of([("PATH", "/usr/bin:/bin")])).limit(Duration::from_secs(40));
                let store = TokenStore::in_folder(self.folder.join("kept"));
                Authenticator::builder(store.wrap_source(helper, Identity::new("proof").with("helper", "one")))
            }
        }
    }
}

async fn terminated() {
    signal(SignalKind::terminate()).unwrap().recv().await;
}
