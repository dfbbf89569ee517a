//! A home of its own for each test, and `authctl` run in it, with no variable but those that the test sets.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;
use tokio::process::Command;

use crate::hunt::Hunt;

const AUTHCTL: &str = env!("CARGO_BIN_EXE_authctl");

/// What no command has a reason to tell.
static EMULATORS: LazyLock<Hunt> = LazyLock::new(|| {
    use auth_emulator::{Emulator, systems};
    Hunt::after([
        ("the API key", Emulator::API_KEY),
        ("the client secret", systems::OAuth::CLIENT_SECRET),
        ("the compute resource token", systems::Ibm::CR_TOKEN),
        ("the session", systems::Remote::SESSION),
    ])
});

/// A user with a home folder and variables.
pub(crate) struct User {
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl User {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// The same with a variable more.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// The same with this config, in its usual place.
    #[must_use]
    pub(crate) fn with_config(self, toml: &str) -> Self {
        self.write(".config/authctl/config.toml", toml);
        self
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file below the home folder, for the user alone.
    pub(crate) fn write(&self, path: &str, content: &str) -> PathBuf {
        let path = self.home().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }

    /// `authctl` with these arguments, to be changed before it is started. Works in the home folder; stdin is empty.
    pub(crate) fn authctl<I: IntoIterator<Item: AsRef<std::ffi::OsStr>>>(&self, arguments: I) -> Command {
        let mut command = self.program(AUTHCTL);
        command.args(arguments);
        command
    }

    /// Another program, which finds `authctl` on its path.
    pub(crate) fn program(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.home()).env_clear().stdin(Stdio::null()).kill_on_drop(true);
        command.env("HOME", self.home()).env("USERPROFILE", self.home());
        let others = std::env::var_os("PATH").unwrap_or_default();
        let own = Path::new(AUTHCTL).parent().unwrap().to_owned();
        command.env("PATH", std::env::join_paths([own].into_iter().chain(std::env::split_paths(&others))).unwrap());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it to its end.
    pub(crate) async fn run(&self, line: &str) -> Ended {
        Ended::of(self.authctl(line.split_whitespace()).output().await.unwrap())
    }
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        // Whatever the test is about.
        EMULATORS.check("stderr", &String::from_utf8_lossy(&output.stderr));
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// What it wrote to stdout, having succeeded in silence.
    #[track_caller]
    pub(crate) fn data(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self.stdout
    }

    /// That it failed so, with these words on stderr and nothing on stdout.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, words: &[&str]) {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in {:?}", self.stderr);
        }
    }
}

/// A profile that exchanges the emulator's API key for tokens, by the name `default`.
pub(crate) fn exchanging(emulator: &auth_emulator::Emulator) -> String {
    format!(
        "[profile.default]\ntype = \"api_key\"\nendpoint = \"{}\"\ntoken_url = \"{}\"\napi_key = \"{}\"\n",
        emulator.api_url(),
        emulator.token_url(),
        auth_emulator::Emulator::API_KEY
    )
}

/// A config with a profile of each emulated system, by the systems' names, and one `default`.
pub(crate) fn profiles(emulator: &auth_emulator::Emulator) -> String {
    let mut text = String::new();
    for account in emulator.accounts() {
        text += &format!("\n[profile.{}]\n", account.name());
        for (name, value) in account.settings() {
            // A string of JSON is one of TOML, too.
            text += &format!("{name} = {}\n", serde_json::Value::from(value.as_str()));
        }
    }
    text
}

#[test]
fn a_key_on_stderr_is_noticed_whatever_the_test_is_about() {
    let said = |stderr: String| {
        let output = Output { status: Default::default(), stdout: Vec::new(), stderr: stderr.into_bytes() };
        std::panic::catch_unwind(|| Ended::of(output)).is_err()
    };
    assert!(said(format!("error: {:?} is refused", auth_emulator::Emulator::API_KEY)));
    assert!(!said("error: the API key is refused".to_owned()));
}
