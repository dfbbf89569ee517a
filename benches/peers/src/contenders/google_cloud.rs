//! google-cloud-auth: headers over a token that a task keeps up to date.

use std::time::Duration;

use google_cloud_auth::credentials::{CacheableResource, Credentials, EntityTag, user_account};
use http::{Extensions, HeaderMap, Request};
use serde_json::json;

use crate::Error;
use crate::client::{Own, Shared, of_own, of_value};
use crate::contender::{Contender, Shape, Side};
use crate::issuer::CANARY;
use crate::stand::Stand;

pub(crate) const CONTENDER: Contender = Contender {
    label: "google-cloud-auth",
    package: Some("google-cloud-auth"),
    side: Side::Peer,
    shape: Shape::Value,
    replays: false,
    ahead: Duration::from_secs(240),
    note: "asks for its headers anew for each request",
    start: |stand| Box::pin(async move { of_value(Plain(credentials(&stand)?), &stand.origin) }),
};

pub(crate) const WITH_TAG: Contender = Contender {
    label: "google-cloud-auth, with its entity tag",
    note: "each task keeps the headers, and asks whether they have changed",
    start: |stand| {
        Box::pin(async move {
            let tagged = Tagged { credentials: credentials(&stand)?, tag: None, headers: HeaderMap::new() };
            of_own(tagged, &stand.origin)
        })
    },
    ..CONTENDER
};

fn credentials(stand: &Stand) -> Result<Credentials, Error> {
    let user = json!({
        "type": "authorized_user",
        "client_id": "client",
        "client_secret": format!("{CANARY}-secret"),
        "refresh_token": format!("{CANARY}-refresh-token"),
    });
    Ok(user_account::Builder::new(user).with_token_uri(stand.issuer.url()).build()?)
}

#[derive(Clone)]
struct Plain(Credentials);

impl Shared for Plain {
    #[inline]
    async fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> Result<(), Error> {
        match self.0.headers(Extensions::new()).await? {
            CacheableResource::New { data, .. } => put(&data, request.headers_mut()),
            CacheableResource::NotModified => return Err("not modified, though nothing was known".into()),
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Tagged {
    credentials: Credentials,
    tag: Option<EntityTag>,
    headers: HeaderMap,
}

impl Own for Tagged {
    #[inline]
    async fn attach<B: Default + Send>(&mut self, request: &mut Request<B>) -> Result<(), Error> {
        let mut known = Extensions::new();
        if let Some(tag) = &self.tag {
            known.insert(tag.clone());
        }
        if let CacheableResource::New { entity_tag, data } = self.credentials.headers(known).await? {
            (self.tag, self.headers) = (Some(entity_tag), data);
        }
        put(&self.headers, request.headers_mut());
        Ok(())
    }
}

fn put(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        to.insert(name, value.clone());
    }
}
