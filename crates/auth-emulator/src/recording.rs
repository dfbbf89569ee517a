//! Every request of both origins, in order.

use http::StatusCode;
use tokio::sync::watch;

use crate::{Origin, RecordedRequest, Rejection, systems::paths};

/// A watch channel is both the store and the bell that tells whoever waits for a request. Its lock is held for the
/// moment of a push or a copy, never across an await.
pub(crate) struct Recording(watch::Sender<Log>);

#[derive(Default)]
struct Log {
    arrived: usize,
    requests: Vec<RecordedRequest>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Any,
    Token,
    Api,
    Other,
}

impl Kind {
    fn includes(self, request: &RecordedRequest) -> bool {
        match self {
            Self::Any => true,
            Self::Token => request.origin == Origin::Main && paths::is_token_endpoint(request.path()),
            Self::Api => request.origin == Origin::Main && paths::is_api(request.path()),
            Self::Other => request.origin == Origin::Other,
        }
    }
}

impl Log {
    fn count(&self, kind: Kind) -> usize {
        self.requests.iter().filter(|request| kind.includes(request)).count()
    }
}

impl Recording {
    /// Gives the request its index and returns it.
    pub(crate) fn add(&self, mut request: RecordedRequest) -> usize {
        let mut index = 0;
        self.0.send_modify(|log| {
            index = log.arrived;
            request.index = index;
            log.arrived += 1;
            log.requests.push(request);
        });
        index
    }

    pub(crate) fn answered(
        &self,
        index: usize,
        status: StatusCode,
        rejection: Option<Rejection>,
        note: Option<&'static str>,
    ) {
        self.0.send_modify(|log| {
            // Gone if the log was cleared in between.
            if let Some(request) = log.requests.iter_mut().rfind(|request| request.index == index) {
                request.status = Some(status);
                request.rejection = rejection;
                request.note = note;
            }
        });
    }

    pub(crate) fn select(&self, kind: Kind) -> Vec<RecordedRequest> {
        self.0.borrow().requests.iter().filter(|request| kind.includes(request)).cloned().collect()
    }

    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.0.borrow().count(kind)
    }

    pub(crate) fn clear(&self) {
        self.0.send_modify(|log| log.requests.clear());
    }

    pub(crate) async fn wait_for(&self, kind: Kind, n: usize) {
        // An error would mean that the sender is gone, and `self` holds it.
        let _ = self.0.subscribe().wait_for(|log| log.count(kind) >= n).await;
    }
}

impl Default for Recording {
    fn default() -> Self {
        Self(watch::Sender::new(Log::default()))
    }
}
