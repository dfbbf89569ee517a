//! Behind reqwest-middleware: in memory over one that answers in the client's place, or over the network.

use std::sync::Arc;

use auth_benches::ReqwestApi;
use http::{HeaderValue, Method, header::ACCEPT};
use reqwest::{Request, Url};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware};

use super::{Batch, Client, Sender};
use crate::Error;

pub(crate) fn of_middleware(middleware: impl Middleware, origin: &str) -> Result<Client, Error> {
    let url: Url = format!("{origin}/items").parse()?;
    let middleware: Arc<dyn Middleware> = Arc::new(middleware);
    let client = |answering: bool| {
        let builder = ClientBuilder::new(reqwest::Client::new()).with_arc(Arc::clone(&middleware));
        if answering { builder.with(ReqwestApi).build() } else { builder.build() }
    };
    let (answering, real) = (client(true), client(false));
    let (called, to, there) = (answering.clone(), url.clone(), url.clone());
    Ok(Client {
        sender: None,
        middleware: Some(Box::new(move || {
            Box::new(Requests { client: answering.clone(), url: url.clone(), requests: Vec::new() })
        })),
        call: Box::new(move || {
            let (client, request) = (called.clone(), request(&to));
            Box::pin(
                async move { client.execute(request).await.is_ok_and(|response| ReqwestApi::headers(&response) == 2) },
            )
        }),
        wire: Some(Box::new(move |stop| {
            let (client, url) = (real.clone(), there.clone());
            Box::pin(async move {
                let mut requests = 0;
                while !stop.is_over() {
                    let response = client.execute(request(&url)).await?.error_for_status()?;
                    response.bytes().await?;
                    requests += 1;
                }
                Ok(requests)
            })
        })),
    })
}

fn request(url: &Url) -> Request {
    let mut request = Request::new(Method::GET, url.clone());
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}

struct Requests {
    client: ClientWithMiddleware,
    url: Url,
    requests: Vec<Request>,
}

impl Sender for Requests {
    fn build(&mut self, hits: usize) {
        self.requests.extend((0..hits).map(|_| request(&self.url)));
    }

    fn send(&mut self) -> Batch<'_> {
        Box::pin(async move {
            let mut headers = 0;
            for request in self.requests.drain(..) {
                headers += ReqwestApi::headers(&self.client.execute(request).await?);
            }
            Ok(headers)
        })
    }
}
