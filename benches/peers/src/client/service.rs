//! A Tower service: in memory over an API that answers at once, and over hyper's client.

use std::future::poll_fn;

use auth_benches::{Api, Body, request};
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tower::{Layer, Service};

use super::{Batch, Client, Sender};
use crate::Error;

/// A client over keep-alive connections.
pub(crate) type Network = Hyper<HttpConnector, Body>;

pub(crate) fn network() -> Network {
    Hyper::builder(TokioExecutor::new()).build_http()
}

/// A layer that takes any service.
pub(crate) fn of_layer<L>(layer: &L, origin: &str) -> Result<Client, Error>
where
    L: Layer<Api, Service: InMemory> + Layer<Network, Service: OnTheWire>,
{
    of_services(Layer::<Api>::layer(layer, Api), Layer::<Network>::layer(layer, network()), origin)
}

/// The two services that a layer makes, the one of [`Api`], the other of [`network`].
pub(crate) fn of_services(api: impl InMemory, network: impl OnTheWire, origin: &str) -> Result<Client, Error> {
    let uri: Uri = format!("{origin}/items").parse()?;
    let (service, to, there) = (api.clone(), uri.clone(), uri.clone());
    Ok(Client {
        sender: Some(Box::new(move || Box::new(Kept { service: api.clone(), uri: uri.clone(), requests: Vec::new() }))),
        middleware: None,
        call: Box::new(move || {
            let (mut service, request) = (service.clone(), request(&to));
            Box::pin(async move { service.in_memory(request).await.is_ok_and(|headers| headers == 2) })
        }),
        wire: Some(Box::new(move |stop| {
            let (mut service, uri) = (network.clone(), there.clone());
            Box::pin(async move {
                let mut requests = 0;
                while !stop.is_over() {
                    service.on_the_wire(request(&uri)).await?;
                    requests += 1;
                }
                Ok(requests)
            })
        })),
    })
}

/// A service over [`Api`].
pub(crate) trait InMemory: Clone + Send + Sync + 'static {
    fn in_memory(&mut self, request: Request<Body>) -> impl Future<Output = Result<usize, Error>> + Send;
}

impl<S> InMemory for S
where
    S: Service<Request<Body>, Response = Response<usize>, Error: Into<Error>, Future: Send>,
    S: Clone + Send + Sync + 'static,
{
    #[inline]
    async fn in_memory(&mut self, request: Request<Body>) -> Result<usize, Error> {
        poll_fn(|cx| self.poll_ready(cx)).await.map_err(Into::into)?;
        Ok(self.call(request).await.map_err(Into::into)?.into_body())
    }
}

/// A service over [`network`].
pub(crate) trait OnTheWire: Clone + Send + 'static {
    fn on_the_wire(&mut self, request: Request<Body>) -> impl Future<Output = Result<(), Error>> + Send;
}

impl<S> OnTheWire for S
where
    S: Service<Request<Body>, Response = Response<Incoming>, Error: Into<Error>, Future: Send>,
    S: Clone + Send + 'static,
{
    async fn on_the_wire(&mut self, request: Request<Body>) -> Result<(), Error> {
        poll_fn(|cx| self.poll_ready(cx)).await.map_err(Into::into)?;
        let response = self.call(request).await.map_err(Into::into)?;
        if !response.status().is_success() {
            return Err(format!("the server answered {}", response.status()).into());
        }
        response.into_body().collect().await?;
        Ok(())
    }
}

/// A service that is kept for all requests.
struct Kept<S> {
    service: S,
    uri: Uri,
    requests: Vec<Request<Body>>,
}

impl<S: InMemory> Sender for Kept<S> {
    fn build(&mut self, hits: usize) {
        self.requests.extend((0..hits).map(|_| request(&self.uri)));
    }

    fn send(&mut self) -> Batch<'_> {
        Box::pin(async move {
            let mut headers = 0;
            for request in self.requests.drain(..) {
                headers += self.service.in_memory(request).await?;
            }
            Ok(headers)
        })
    }
}
