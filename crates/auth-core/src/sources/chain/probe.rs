//! Whether a link is there at all, found out by asking.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::{Error, ErrorKind, FetchContext, Token, TokenSource, Transport};

/// Calls a source, and gives up after `limit` unless somebody has answered one of its requests by then. What then comes, or
/// the error of a request that reached nobody, is [`Unavailable`](ErrorKind::Unavailable): there is no such service here.
pub(super) async fn fetch(source: &dyn TokenSource, cx: &FetchContext, limit: Duration) -> Result<Token, Error> {
    let answered = Arc::new(AtomicBool::new(false));
    let mut heard = cx.clone();
    let listening =
        |transport| Arc::new(Listening { transport, answered: Arc::clone(&answered) }) as Arc<dyn Transport>;
    heard.transport = heard.transport.map(listening);
    let mut fetch = pin!(source.fetch(&heard));
    let nobody = |why: String| Error::unavailable(format!("{why}: there is no such service here"));
    let result = match cx.timeout(limit, &mut fetch).await {
        Some(result) => result,
        None if answered.load(Ordering::SeqCst) => return fetch.await,
        None => return Err(nobody(format!("no answer within {limit:?}"))),
    };
    result.map_err(|error| match error.kind() {
        ErrorKind::Transient | ErrorKind::Timeout if error.is_never_sent() && !answered.load(Ordering::SeqCst) => {
            nobody("nobody could be reached".to_owned())
        }
        _ => error,
    })
}

/// Notes that somebody has answered, whatever it was.
struct Listening {
    transport: Arc<dyn Transport>,
    answered: Arc<AtomicBool>,
}

#[async_trait]
impl Transport for Listening {
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        let response = self.transport.send(request, limit).await?;
        self.answered.store(true, Ordering::SeqCst);
        Ok(response)
    }
}
