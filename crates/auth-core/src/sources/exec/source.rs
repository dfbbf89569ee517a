//! The source that runs a helper program.

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use tokio::process::Command;

use super::failure::Failure;
use super::format::ExecFormat;
use super::running::{Running, Unfinished};
use super::{ancestry, environment, output, program};
use crate::settings::Setting;
use crate::{Env, Error, FetchContext, Secret, Token, TokenSource};

/// Long enough for a program that has to ask its own issuer, over a slow network, more than once.
const LIMIT: Duration = Duration::from_secs(60);

/// By which a Kubernetes credential plugin is told in which version to answer.
const KUBERNETES: &str = "KUBERNETES_EXEC_INFO";

/// The same for the reference.
pub(super) const TOLD: Setting =
    Setting::new("told", "set for a helper program that answers as Kubernetes wants it: the version")
        .with_variables(&[KUBERNETES]);

/// What the engine adds to the limit, so that it is this source that ends the program, and says so.
const GRACE: Duration = Duration::from_secs(5);

/// A bearer token that a helper program prints: `az`, `gcloud`, `databricks`, a Kubernetes credential plugin, your own.
/// [`ExecFormat`] says what it may print; output that is not a token is an error.
///
/// Not for a program that needs a terminal, a browser or an answer: there is nobody to give it.
///
/// * **No shell.** Each argument arrives as it is. A bare program name is looked up in the `PATH` that the program gets,
///   in its absolute folders only; a path starts from the working directory, `~/` from the home folder.
/// * **Its own environment**: `PATH`, `HOME`, `USER`, `LOGNAME`, `SHELL`, `TMPDIR`, `TZ`, `LANG`, `LANGUAGE`, `LC_*`, `XDG_*_HOME`,
///   `XDG_RUNTIME_DIR`, the proxies' variables and `SSL_CERT_*` as they are, and what [`env`](Self::env) and
///   [`pass_env`](Self::pass_env) say; on Windows those that programs need to run there. Nothing else: of the rest any may
///   be a secret.
/// * **Its own process group.** It is killed, with all that it has started, when it is not done within the
///   [limit](Self::limit), when it prints more than 1 MiB, and when nobody wants the token any more (a shutdown, an end of
///   the runtime). It is always reaped. On Windows only the program itself is killed.
/// * **Its stdin is empty**, unless there is an [`input`](Self::input). Its stderr is read and thrown away: it may hold a
///   secret, so an error says only how long it was.
/// * **It can't call itself.** `AUTHCTL_EXEC_CHAIN` tells it under which helpers it runs, and one that would run under
///   itself is an error that names the circle, which is passed on by those above it.
///
/// What it wrote when it ends is its output; what it leaves running in the background is not waited for. A program is not
/// run again within one acquisition. Needs a tokio runtime with I/O enabled (`enable_all`).
///
/// ```
/// use auth_core::sources::Exec;
///
/// let source = Exec::new("az", ["account", "get-access-token", "--output", "json"]).pass_env("AZURE_CONFIG_DIR");
/// # let _: &dyn auth_core::TokenSource = &source;
/// ```
///
/// # Errors
/// Of a fetch: [`Unavailable`](crate::ErrorKind::Unavailable) if there is no such program, or it ends with status 127;
/// [`Misconfigured`](crate::ErrorKind::Misconfigured) if it may not be executed (126), calls itself, or brings what can't be
/// used as a token (a client certificate, AWS keys); [`Transient`](crate::ErrorKind::Transient) for any other status or a signal;
/// [`Timeout`](crate::ErrorKind::Timeout); [`Malformed`](crate::ErrorKind::Malformed) for output that is no token, with the
/// reason; [`Rejected`](crate::ErrorKind::Rejected) if the output itself reports 400, 401 or 403. They name the program's
/// file, and repeat neither its arguments nor its output.
#[derive(Clone, Debug)]
pub struct Exec {
    program: PathBuf,
    args: Vec<Secret>,
    name: Option<String>,
    source: Env,
    passed: Vec<String>,
    set: Vec<(String, Secret)>,
    directory: Option<PathBuf>,
    input: Option<Secret>,
    limit: Duration,
    format: ExecFormat,
    default_lifetime: Option<Duration>,
}

impl Exec {
    /// Runs `program` with these arguments whenever a token is needed.
    pub fn new<A: Into<Secret>>(program: impl Into<PathBuf>, args: impl IntoIterator<Item = A>) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            name: None,
            source: Env::process(),
            passed: Vec::new(),
            set: Vec::new(),
            directory: None,
            input: None,
            limit: LIMIT,
            format: ExecFormat::Detect,
            default_lifetime: None,
        }
    }

    /// What it is called when helpers call each other in a circle, such as the name of its profile. Default: the program's
    /// file name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The environment that its variables are taken from, and the working directory and home folder that its path starts
    /// from. Default: the process's.
    #[must_use]
    pub fn in_env(mut self, env: Env) -> Self {
        self.source = env;
        self
    }

    /// One more variable of the environment that it may see.
    #[must_use]
    pub fn pass_env(mut self, name: impl Into<String>) -> Self {
        self.passed.push(name.into());
        self
    }

    /// A variable for the program alone. Wins over the environment's.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.set.push((name.into(), value.into()));
        self
    }

    /// The folder it runs in. Default: the working directory.
    #[must_use]
    pub fn current_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.directory = Some(path.into());
        self
    }

    /// What it reads from its stdin. Default: nothing.
    #[must_use]
    pub fn input(mut self, text: impl Into<Secret>) -> Self {
        self.input = Some(text.into());
        self
    }

    /// How long it may take. Default: 60 s.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// What it prints. Default: it is found out.
    #[must_use]
    pub fn format(mut self, format: ExecFormat) -> Self {
        self.format = format;
        self
    }

    /// The lifetime to assume if neither the output nor the token states one. Default: none.
    #[must_use]
    pub fn default_lifetime(mut self, lifetime: Duration) -> Self {
        self.default_lifetime = Some(lifetime);
        self
    }

    fn command(&self) -> Result<(Command, PathBuf, String), Error> {
        let chain = ancestry::descend(&self.source, self.name.as_deref(), &self.program, &self.args)?;
        let mut variables = environment::of(&self.source, &self.passed, &self.set);
        variables.push((ancestry::VARIABLE.into(), chain.clone().into()));
        if let Some(version) = self.format.kubernetes_version() {
            let info =
                format!(r#"{{"apiVersion":"{version}","kind":"ExecCredential","spec":{{"interactive":false}}}}"#);
            variables.push((KUBERNETES.into(), info.into()));
        }
        let path = environment::value(&variables, "PATH").map(AsRef::as_ref);
        let file = program::find(&self.program, path, &self.source)?;
        let mut command = Command::new(&file);
        command.args(self.args.iter().map(Secret::expose)).env_clear().envs(variables);
        command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let directory = match &self.directory {
            Some(path) => Some(self.source.resolve(path)?),
            None => self.source.working_directory(),
        };
        if let Some(directory) = directory {
            // The error of starting it would be the same as for a program that is not there.
            if !directory.is_dir() {
                return Err(self.failed(Failure::NoDirectory));
            }
            command.current_dir(directory);
        }
        Ok((command, file, chain))
    }

    fn failed(&self, failure: Failure) -> Error {
        failure.of(&self.program)
    }

    fn token(&self, output: &[u8]) -> Result<Token, output::OutputError> {
        let printed = output::parse(output, self.format)?;
        let token = printed.tell(Token::bearer(printed.token.clone()));
        Ok(match self.default_lifetime {
            Some(lifetime) => token.default_lifetime(lifetime),
            None => token,
        })
    }
}

#[async_trait]
impl TokenSource for Exec {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        // Other links of a chain may have taken their time before.
        let so_far = cx.now().monotonic().saturating_sub(cx.started().monotonic());
        cx.allow(so_far.saturating_add(self.limit).saturating_add(GRACE));
        if !on_tokio().await {
            return Err(self.failed(Failure::NoRuntime));
        }
        let (command, file, chain) = self.command()?;
        let started = Running::start(command);
        let mut running = started.map_err(|error| self.failed(Failure::to_start(&error, Path::new(&file))))?;
        let failure = match cx.timeout(self.limit, running.finish(self.input.as_ref())).await {
            Some(Ok(finished)) => match Failure::to_finish(finished.status, finished.stderr) {
                Some(failure) => ancestry::told(&finished.last_words, &chain).map_or(failure, Failure::Circle),
                None => {
                    let failed = |reason| self.failed(Failure::Output { reason, stderr: finished.stderr });
                    return self.token(&finished.stdout).map_err(failed);
                }
            },
            Some(Err(Unfinished::TooLong)) => Failure::TooLong,
            Some(Err(Unfinished::Broken(kind))) => Failure::Unreadable(kind),
            None => Failure::Timeout(self.limit),
        };
        // Bounded by the clock: a process that the kernel does not let go is left to its reaper.
        let _gone = cx.timeout(GRACE, running.end()).await;
        Err(self.failed(failure))
    }
}

/// Whether this runs on tokio. The first poll of a flight is on the caller's thread, which need not be one of tokio's; then
/// it is looked at again where the task goes on.
async fn on_tokio() -> bool {
    let is_there = || tokio::runtime::Handle::try_current().is_ok();
    let mut looked = is_there();
    poll_fn(|cx| {
        if std::mem::replace(&mut looked, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    is_there()
}
