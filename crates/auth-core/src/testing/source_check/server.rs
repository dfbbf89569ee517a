//! A server that answers as a check says, by way of a transport.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, Uri};

use crate::{Error, ErrorKind, Transport};

/// A source that goes on asking after so many requests would do so for ever. Then there is no answer any more.
const MOST: usize = 64;

/// What becomes of a request.
pub(super) enum Reply {
    Answer(Response<Bytes>),
    Fail(Error),
    Never,
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Self {
        Self::Answer(response)
    }
}

impl From<Error> for Reply {
    fn from(error: Error) -> Self {
        Self::Fail(error)
    }
}

pub(super) type Answering = Arc<dyn Fn(&Request<Bytes>) -> Reply + Send + Sync>;

/// Clones are the same one.
#[derive(Clone)]
pub(super) struct Server(Arc<Mutex<State>>);

struct State {
    url: Uri,
    others: Vec<(Uri, Bytes)>,
    answering: Answering,
    requests: usize,
    /// The authorities of others that were asked.
    astray: Vec<String>,
    /// Requests that are under way.
    open: usize,
    /// The longest answer that was allowed for.
    limit: usize,
}

impl Server {
    pub(super) fn new(url: Uri, others: Vec<(Uri, Bytes)>) -> Self {
        let answering: Answering = Arc::new(|_| Reply::Never);
        Self(Arc::new(Mutex::new(State { url, others, answering, requests: 0, astray: Vec::new(), open: 0, limit: 0 })))
    }

    /// From now on requests are answered so.
    pub(super) fn answers(&self, answering: impl Fn(&Request<Bytes>) -> Reply + Send + Sync + 'static) {
        self.state().answering = Arc::new(answering);
    }

    /// The requests to the endpoint so far.
    pub(super) fn requests(&self) -> usize {
        self.state().requests
    }

    pub(super) fn astray(&self) -> Vec<String> {
        self.state().astray.clone()
    }

    pub(super) fn open(&self) -> usize {
        self.state().open
    }

    pub(super) fn limit(&self) -> usize {
        self.state().limit
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reply(&self, request: &Request<Bytes>, limit: usize) -> Reply {
        let mut state = self.state();
        let is = |url: &Uri| {
            let asked = request.uri();
            (url.scheme(), url.authority(), url.path()) == (asked.scheme(), asked.authority(), asked.path())
        };
        if let Some((_, body)) = state.others.iter().find(|(url, _)| is(url)) {
            return Reply::Answer(Response::new(body.clone()));
        }
        if !is(&state.url) {
            let authority = request.uri().authority().map_or("another", |authority| authority.as_str()).to_owned();
            state.astray.push(authority);
            return Reply::Fail(Error::transient("nobody is there").never_sent());
        }
        state.requests += 1;
        state.limit = state.limit.max(limit);
        if state.requests > MOST {
            return Reply::Never;
        }
        let answering = Arc::clone(&state.answering);
        drop(state);
        answering(request)
    }
}

#[async_trait]
impl Transport for Server {
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        let _open = Open::new(self);
        let reply = self.reply(&request, limit);
        // Nobody answers at once.
        let mut has_waited = false;
        poll_fn(|cx| {
            if std::mem::replace(&mut has_waited, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        match reply {
            Reply::Answer(response) if response.body().len() > limit => {
                Err(Error::new(ErrorKind::Malformed, "the answer is longer than the source takes"))
            }
            Reply::Answer(response) => Ok(response),
            Reply::Fail(error) => Err(error),
            Reply::Never => std::future::pending().await,
        }
    }
}

/// A request under way.
struct Open<'a>(&'a Server);

impl<'a> Open<'a> {
    fn new(server: &'a Server) -> Self {
        server.state().open += 1;
        Self(server)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.state().open -= 1;
    }
}
