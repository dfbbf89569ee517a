//! What has to be known before the first request.

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{HeaderName, HeaderValue};
use tokio::{net::TcpListener, runtime::Handle};

use crate::{
    Emulator, Origin, client::Client, clock::Clock, control, listener::Listener, router, shared::Shared,
    signing_key::SigningKey, systems::State,
};

/// IBM Cloud IAM's own lifetime of an access token.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(3600);

/// More than most tests send; a bound, so that a runaway client doesn't take the test runner down.
const DEFAULT_BODY_LIMIT: usize = 64 * 1024 * 1024;

/// The options of an [`Emulator`].
///
/// ```
/// use auth_emulator::Emulator;
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = Emulator::builder()
///     .with_api_keys(["old-key", "new-key"])
///     .with_client("my-client", "my:secret")
///     .with_token_lifetime(Duration::from_secs(2))
///     .start()
///     .await?;
/// # drop(emulator);
/// # Ok(())
/// # }
/// ```
#[must_use = "an emulator listens only after `start`"]
pub struct Builder {
    api_keys: Vec<String>,
    client: Option<Client>,
    lifetime: Duration,
    token_header: Option<HeaderName>,
    clock: Clock,
    cape_state: Option<PathBuf>,
    address: SocketAddr,
    control: bool,
    allowed_origins: Vec<HeaderValue>,
    body_limit: usize,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            api_keys: vec![Emulator::API_KEY.to_owned()],
            client: None,
            lifetime: DEFAULT_LIFETIME,
            token_header: None,
            clock: Clock::system(),
            cape_state: None,
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            control: false,
            allowed_origins: Vec::new(),
            body_limit: DEFAULT_BODY_LIMIT,
        }
    }

    /// The API keys that are accepted, in place of [`Emulator::API_KEY`].
    pub fn with_api_keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.api_keys = keys.into_iter().map(Into::into).collect();
        self
    }

    /// Makes the token endpoint ask for this client id and secret as HTTP Basic, in UTF-8 and not percent-encoded, as
    /// IBM Cloud IAM reads them. By default a token request must carry no `Authorization` at all.
    pub fn with_client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.client = Some(Client::new(&id.into(), &secret.into()));
        self
    }

    /// How long tokens live, in whole seconds; 3600 s by default, as at IBM Cloud IAM. See
    /// [`Emulator::set_token_lifetime`].
    pub fn with_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// A header, such as `x-api-key`, in which the API takes the bare token too. By default only `Authorization` counts.
    pub fn with_token_header(mut self, name: HeaderName) -> Self {
        self.token_header = Some(name);
        self
    }

    /// The clock that tokens are issued and verified by; the system's by default. Delays are real whatever it says.
    pub fn with_clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Clock::new(now);
        self
    }

    /// A file in which Cape's personal access tokens outlive the emulator: read at the start, if it is there, and written
    /// with every change, in one step and for its owner alone. It holds names, dates and digests, and the public keys of
    /// the servers that issued them; no token, and no key that could make one. By default nothing is written.
    pub fn with_cape_state(mut self, path: impl Into<PathBuf>) -> Self {
        self.cape_state = Some(path.into());
        self
    }

    /// The address of the main origin, such as `127.0.0.1:8080`, for programs that can't be told another at each start. By
    /// default a port of 127.0.0.1 that the operating system chooses, as port 0 says; the other origin always has such a port.
    pub fn with_address(mut self, address: impl Into<SocketAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Serves record, faults, clock and revocation as JSON below `/_emulator` of the main origin, for tests in other
    /// languages; the README of this crate has the table. Requests to it are not recorded and meet no faults. Web pages are
    /// refused, other programs of this machine are not. By default there is no such path.
    pub fn with_control(mut self) -> Self {
        self.control = true;
        self
    }

    /// Lets web pages of this origin, such as `http://127.0.0.1:8080`, read the answers of the main origin (CORS), as vendors let
    /// the pages of their users; not those of the control API. May be called again. By default browsers show them to no page of
    /// another origin.
    ///
    /// # Panics
    ///
    /// When the origin can't stand in a header.
    pub fn with_allowed_origin(mut self, origin: &str) -> Self {
        self.allowed_origins.push(HeaderValue::try_from(origin).expect("an origin is a scheme, a host and a port"));
        self
    }

    /// How long a request's body may be, 64 MiB by default. All of it is kept in memory; a longer one is answered 413.
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Listens on two ports of the loopback interface.
    ///
    /// The first start in a process makes an RSA key of 2048 bits, which takes a fraction of a second.
    ///
    /// # Errors
    ///
    /// When there is no tokio runtime to serve on, when the port can't be had, when no key can be made, when the file of
    /// [`with_cape_state`](Self::with_cape_state) is there and can't be read, or when the address of
    /// [`with_address`](Self::with_address) is reached from other machines.
    ///
    /// # Panics
    ///
    /// As tokio does when its runtime was built without I/O or time (`enable_all` gives both).
    pub async fn start(self) -> io::Result<Emulator> {
        // Asked for here because tokio's listener would panic.
        Handle::try_current()
            .map_err(|_| io::Error::other("the emulator serves on a tokio runtime: start it inside one"))?;
        if !self.address.ip().is_loopback() {
            let message = "the emulator hands out credentials to whoever asks: its address has to be a loopback one";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let key = SigningKey::of_this_process()?;
        let systems = State::new(key, self.cape_state)?;
        let main = TcpListener::bind(self.address).await?;
        let other = TcpListener::bind((self.address.ip(), 0)).await?;
        let shared = Arc::new(Shared::new(
            format!("http://{}", main.local_addr()?),
            format!("http://{}", other.local_addr()?),
            key,
            self.clock,
            self.lifetime,
            self.api_keys,
            self.client,
            self.token_header,
            systems,
            self.body_limit,
        ));
        let mut routes = router::of(Origin::Main, &shared, &self.allowed_origins);
        if self.control {
            routes = routes.nest(control::PATH, control::routes(&shared));
        }
        let main = Listener::serve(main, routes, Some(Arc::clone(&shared)));
        let other = Listener::serve(other, router::of(Origin::Other, &shared, &[]), None);
        Ok(Emulator::new(shared, main, other))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("api_keys", &self.api_keys.len())
            .field("client", &self.client.is_some())
            .field("lifetime", &self.lifetime)
            .field("token_header", &self.token_header)
            .finish_non_exhaustive()
    }
}
