//! Chromium without a window.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

/// How often a page is opened: to read it, and for its picture.
pub(crate) const TIMES: usize = 2;

/// Far more than it takes; a browser that hangs must not hang CI.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Chromium {
    program: OsString,
    pictures: PathBuf,
    home: tempfile::TempDir,
}

/// What stands on a page once its script has ended.
#[derive(Debug)]
pub(crate) struct Shown(String);

impl Shown {
    pub(crate) fn has(&self, text: &str) -> bool {
        self.0.contains(text)
    }
}

impl Chromium {
    pub(crate) fn new(program: &OsStr) -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let pictures = repository.join("target/browser");
        std::fs::create_dir_all(&pictures).unwrap();
        Self { program: program.to_owned(), pictures, home: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.pictures
    }

    pub(crate) async fn version(&self) -> String {
        self.run(&["--version".into()]).await.trim().to_owned()
    }

    /// Opens a page, waits until nothing is under way in it any more, and keeps a picture.
    pub(crate) async fn open(&self, url: &str, picture: &str) -> Shown {
        let picture = self.pictures.join(format!("{picture}.png"));
        // Not one of an earlier run.
        let _absent = std::fs::remove_file(&picture);
        let mut option = OsString::from("--screenshot=");
        option.push(&picture);
        self.run(&[option, "--window-size=800,520".into(), url.into()]).await;
        assert!(picture.is_file(), "there is no picture of {url}");
        let document = self.run(&["--dump-dom".into(), url.into()]).await;
        // What a script could say stands in it, whether it does or not.
        Shown(document.split("<script").next().unwrap_or_default().to_owned())
    }

    async fn run(&self, arguments: &[OsString]) -> String {
        let mut command = Command::new(&self.program);
        // As root, as in a container, it has no sandbox. The pages are our own.
        command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]);
        command.args(["--virtual-time-budget=20000"]).kill_on_drop(true);
        // A profile of its own for each, so that a session comes from the page and not from before.
        let profile = tempfile::tempdir_in(self.home.path()).unwrap();
        let mut option = OsString::from("--user-data-dir=");
        option.push(profile.path());
        command.arg(option).env("HOME", profile.path());
        command.args(arguments);
        let output = tokio::time::timeout(PATIENCE, command.output()).await.expect("Chromium ends").unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}
