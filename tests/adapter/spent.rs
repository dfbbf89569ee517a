//! Input that works once, such as a refresh token: sent again only if it is known to be unspent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_core::exchange::{Exchange, TokenEndpoint};
use auth_core::runtime::FakeRuntime;
use auth_core::{Authenticator, Error, ErrorKind, FetchContext, Token, TokenSource, async_trait};
use auth_emulator::{Answer, Emulator, Fault, StatusCode};

use crate::rig::{Adapter, Replay, Stage, get, over_all};

over_all!(
    what_broke_off_may_be_spent_and_is_not_sent_again,
    what_was_answered_is_not_spent_and_is_sent_again,
    what_was_never_sent_is_sent_again,
);

/// The emulator's key, as if it could be used once. Counts its calls.
struct Once {
    endpoint: TokenEndpoint,
    calls: Arc<AtomicUsize>,
}

#[async_trait]
impl TokenSource for Once {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        cx.single_use();
        let exchange =
            Exchange::new(self.endpoint.clone()).param("grant_type", "urn:ibm:params:oauth:grant-type:apikey");
        Ok(exchange.param("apikey", Emulator::API_KEY).send(cx).await?.token)
    }
}

/// An authenticator over it at this emulator, and the count of calls.
fn once<A: Adapter>(emulator: &Emulator) -> (Authenticator, Arc<AtomicUsize>) {
    let calls = Arc::<AtomicUsize>::default();
    let source = Once { endpoint: TokenEndpoint::parse(&emulator.token_url()).unwrap(), calls: Arc::clone(&calls) };
    let auth = Authenticator::builder(source).for_origins([emulator.url()]).transport(A::transport());
    (auth.runtime(FakeRuntime::new()).build().unwrap(), calls)
}

async fn what_broke_off_may_be_spent_and_is_not_sent_again<A: Adapter>() {
    for fault in [Fault::Reset, Fault::Truncated, Fault::Oversized(2 << 20)] {
        let stage = Stage::<A>::new().await;
        let (auth, calls) = once::<A>(&stage.emulator);
        // With a connection that was used before as well as with a new one: no client sends a POST twice by itself.
        for connection in ["new", "used"] {
            stage.emulator.clear();
            calls.store(0, Ordering::SeqCst);
            stage.emulator.token_faults().once(fault.clone());
            auth.invalidate();
            auth.warm_up().await.unwrap_err();
            assert_eq!(calls.load(Ordering::SeqCst), 1, "{fault:?} on a {connection} connection");
            assert_eq!(stage.emulator.token_request_count(), 1, "{fault:?} on a {connection} connection");
            auth.retry_now();
            auth.warm_up().await.unwrap();
        }
        let client = A::over_sockets(auth, Replay::AsMade);
        assert_eq!(client.send(stage.get()).await.unwrap().status(), StatusCode::OK);
    }
}

async fn what_was_answered_is_not_spent_and_is_sent_again<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let (auth, calls) = once::<A>(&stage.emulator);
    stage.emulator.token_faults().once(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    stage.emulator.token_faults().once(Fault::Garbage);
    let client = A::over_sockets(auth, Replay::AsMade);
    assert_eq!(client.send(stage.get()).await.unwrap().status(), StatusCode::OK);
    assert_eq!((calls.load(Ordering::SeqCst), stage.counts()), (3, (3, 1)));
}

async fn what_was_never_sent_is_sent_again<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let (auth, calls) = once::<A>(&stage.emulator);
    let (client, url) = (A::over_sockets(auth, Replay::AsMade), stage.url("/items"));
    drop(stage);
    assert_eq!(client.refused(get(url)).await.kind(), ErrorKind::Transient);
    assert_eq!(calls.load(Ordering::SeqCst), 3, "nobody listens, so nothing was spent");
}
