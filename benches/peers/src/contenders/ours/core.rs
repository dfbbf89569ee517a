//! Without an adapter: what an adapter stands on, which looks at both clocks and at where the request goes.

use std::mem;

use auth_core::adapter::{Attach, View};
use http::Request;

use super::{AHEAD, authenticator};
use crate::Error;
use crate::client::{Own, of_own};
use crate::contender::{Contender, Shape, Side};

pub(crate) const CONTENDER: Contender = Contender {
    label: "auth-core",
    package: Some("auth-core"),
    side: Side::Ours,
    shape: Shape::Value,
    replays: false,
    ahead: AHEAD,
    note: "`adapter::View`, on which the Tower layer stands",
    start: |stand| Box::pin(async move { of_own(Core(View::new(authenticator(&stand)?)), &stand.origin) }),
};

#[derive(Clone)]
struct Core(View);

impl Own for Core {
    #[inline]
    async fn attach<B: Default + Send>(&mut self, request: &mut Request<B>) -> Result<(), Error> {
        if self.0.hit(request).is_some() {
            return Ok(());
        }
        let uri = request.uri().clone();
        let mut headers = mem::take(request.headers_mut());
        let attached = self.0.attach(&uri, &mut headers)?;
        if let Attach::Wait(acquire) = attached {
            let credential = acquire.await?;
            self.0.authenticator().attach_credential(&credential, &uri, &mut headers)?;
        }
        *request.headers_mut() = headers;
        Ok(())
    }
}
