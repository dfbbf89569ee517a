//! The five, as the emulator plays them.

use std::time::Duration;

use auth_core::runtime::{FakeRuntime, Runtime};
use auth_core::systems::{Cape, Ivcap, Podstack, Skyflow, Watsonx};
use auth_core::{Access, Authenticator, Env};
use auth_emulator::{Emulator, systems};
use http::{Method, Request};

use crate::rig::{Adapter, Client, Load, Replay};

/// One of the systems.
pub(crate) trait System: 'static {
    /// From the right credential.
    fn access(emulator: &Emulator) -> Access;

    /// From one that looks like it and that the system does not know.
    fn wrong(emulator: &Emulator) -> Access;

    /// What a message about the wrong one names.
    const PLACE: &'static str;

    /// A request below the endpoint that is answered 200.
    fn usual() -> Call;
}

/// A system whose tokens are given, and which can make another.
pub(crate) trait Given: System {
    fn another(emulator: &Emulator) -> String;
}

/// A request of the system's.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) json: Option<serde_json::Value>,
}

impl Call {
    fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), json: None }
    }
}

/// An emulator, an access to one of its systems, and a clock that both go by.
pub(crate) struct Play {
    pub(crate) emulator: Emulator,
    pub(crate) clock: FakeRuntime,
    pub(crate) access: Access,
    pub(crate) auth: Authenticator,
    pub(crate) client: Client,
}

impl Play {
    pub(crate) async fn of<S: System, A: Adapter>() -> Self {
        Self::with::<A>(S::access).await
    }

    pub(crate) async fn with<A: Adapter>(access: impl FnOnce(&Emulator) -> Access) -> Self {
        let clock = FakeRuntime::new();
        let now = clock.clone();
        let emulator = Emulator::builder().with_clock(move || now.now().wall()).start().await.unwrap();
        let access = access(&emulator);
        let auth = access.builder().transport(A::transport()).runtime(clock.clone()).build().unwrap();
        let client = A::over_sockets(auth.clone(), Replay::Bodies);
        Self { emulator, clock, access, auth, client }
    }

    pub(crate) fn request(&self, call: Call) -> Request<Load> {
        let mut uri = self.access.endpoint().join(&call.path).unwrap();
        let mut request = Request::builder().method(call.method).body(Load::default()).unwrap();
        if let Some(json) = call.json {
            *request.body_mut() = Load::Bytes(json.to_string().into());
            request.headers_mut().insert("content-type", "application/json".parse().unwrap());
        }
        self.access.context().apply(&mut uri, request.headers_mut());
        *request.uri_mut() = uri;
        request
    }

    /// Time passes, at the system too: its clock is this one.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// How many requests came to token endpoints and to APIs.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.emulator.token_request_count(), self.emulator.api_request_count())
    }
}

pub(crate) struct OfWatsonx;

impl System for OfWatsonx {
    fn access(emulator: &Emulator) -> Access {
        watsonx(emulator, Emulator::API_KEY)
    }

    fn wrong(emulator: &Emulator) -> Access {
        watsonx(emulator, "a-wrong-api-key")
    }

    const PLACE: &'static str = "the variable WATSONX_APIKEY";

    fn usual() -> Call {
        let (model, project) = (systems::Watsonx::MODEL_ID, systems::Watsonx::PROJECT_ID);
        let json = serde_json::json!({"model_id": model, "input": "hello", "project_id": project});
        Call { method: Method::POST, path: "/ml/v1/text/generation".to_owned(), json: Some(json) }
    }
}

pub(crate) fn watsonx(emulator: &Emulator, key: &str) -> Access {
    let url = emulator.watsonx().url();
    let env = Env::of([("WATSONX_URL", url.as_str()), ("WATSONX_APIKEY", key)]);
    Watsonx::from_env(&env).auth_url(emulator.ibm().auth_url()).access().unwrap()
}

pub(crate) struct OfSkyflow;

impl System for OfSkyflow {
    fn access(emulator: &Emulator) -> Access {
        skyflow(emulator, emulator.skyflow().credentials_json())
    }

    fn wrong(emulator: &Emulator) -> Access {
        let json = emulator.skyflow().credentials_json();
        let mut account: serde_json::Value = serde_json::from_str(&json).unwrap();
        account["keyID"] = "another-key".into();
        skyflow(emulator, account.to_string())
    }

    const PLACE: &'static str = "the variable SKYFLOW_CREDENTIALS";

    fn usual() -> Call {
        let (vault, table, id) = (systems::Skyflow::VAULT_ID, systems::Skyflow::TABLE, systems::Skyflow::RECORD_ID);
        Call::get(format!("/v1/vaults/{vault}/{table}?skyflow_ids={id}"))
    }
}

pub(crate) fn skyflow(emulator: &Emulator, credentials: String) -> Access {
    let env = Env::of([("SKYFLOW_CREDENTIALS", credentials)]);
    Skyflow::from_env(&env).vault_url(emulator.skyflow().vault_url()).access().unwrap()
}

pub(crate) struct OfPodstack;

impl System for OfPodstack {
    fn access(emulator: &Emulator) -> Access {
        podstack(emulator, &emulator.podstack().token())
    }

    fn wrong(emulator: &Emulator) -> Access {
        podstack(emulator, "psk_0000000000000000000000000000000000000000")
    }

    const PLACE: &'static str = "the variable PODSTACK_API_TOKEN";

    fn usual() -> Call {
        Call::get("/auth/whoami")
    }
}

impl Given for OfPodstack {
    fn another(emulator: &Emulator) -> String {
        emulator.podstack().token()
    }
}

pub(crate) fn podstack(emulator: &Emulator, token: &str) -> Access {
    let endpoint = emulator.podstack().endpoint();
    let env = Env::of([("PODSTACK_API_TOKEN", token), ("PODSTACK_API_ENDPOINT", &endpoint)]);
    Podstack::from_env(&env).project(systems::Podstack::PROJECT).access().unwrap()
}

pub(crate) struct OfIvcap;

impl System for OfIvcap {
    fn access(emulator: &Emulator) -> Access {
        ivcap(emulator, &emulator.ivcap().token())
    }

    fn wrong(emulator: &Emulator) -> Access {
        // For another system.
        ivcap(emulator, &emulator.issue_token())
    }

    const PLACE: &'static str = "the variable IVCAP_JWT";

    fn usual() -> Call {
        Call::get("/1/services2?limit=2")
    }
}

impl Given for OfIvcap {
    fn another(emulator: &Emulator) -> String {
        emulator.ivcap().token()
    }
}

pub(crate) fn ivcap(emulator: &Emulator, token: &str) -> Access {
    let url = emulator.ivcap().url();
    Ivcap::from_env(&Env::of([("IVCAP_URL", url.as_str()), ("IVCAP_JWT", token)])).access().unwrap()
}

pub(crate) struct OfCape;

impl System for OfCape {
    fn access(emulator: &Emulator) -> Access {
        cape(emulator, emulator.cape().create_token("right").unwrap())
    }

    fn wrong(emulator: &Emulator) -> Access {
        let token = emulator.cape().create_token("spoilt").unwrap();
        let (head, signature) = token.rsplit_once('.').unwrap();
        let other = if signature.starts_with('A') { "B" } else { "A" };
        cape(emulator, format!("{head}.{other}{}", &signature[1..]))
    }

    const PLACE: &'static str = "the argument `token`";

    fn usual() -> Call {
        Call::get("/v1/tokens")
    }
}

impl Given for OfCape {
    fn another(emulator: &Emulator) -> String {
        emulator.cape().create_token("another").unwrap()
    }
}

pub(crate) fn cape(emulator: &Emulator, token: String) -> Access {
    Cape::new().token(token).host(emulator.cape().url()).access().unwrap()
}
