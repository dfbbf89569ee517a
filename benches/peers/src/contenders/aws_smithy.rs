//! aws-smithy-runtime: the identity cache under every client of the AWS SDK.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::identity::http::Token;
use aws_smithy_runtime_api::client::identity::{
    Identity, IdentityFuture, ResolveCachedIdentity, ResolveIdentity, SharedIdentityCache, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::config_bag::ConfigBag;
use http::{Request, header::AUTHORIZATION};
use std::sync::Arc;

use crate::Error;
use crate::client::{Shared, bearer, of_value};
use crate::contender::{Contender, Shape, Side};
use crate::issuer::Issuer;

pub(crate) const CONTENDER: Contender = Contender {
    label: "aws-smithy-runtime identity cache",
    package: Some("aws-smithy-runtime"),
    side: Side::Peer,
    shape: Shape::Value,
    replays: false,
    ahead: Duration::from_secs(10),
    note: "adds up to 5 s by chance to a token's life",
    start: |stand| {
        Box::pin(async move {
            let components = RuntimeComponentsBuilder::for_tests()
                .with_time_source(Some(SystemTimeSource::new()))
                .with_sleep_impl(Some(TokioSleep::new()))
                .build()?;
            let cached = Cached(Arc::new(Parts {
                cache: IdentityCache::lazy().build(),
                resolver: SharedIdentityResolver::new(Resolver(stand.issuer.clone())),
                components,
                config: ConfigBag::base(),
            }));
            of_value(cached, &stand.origin)
        })
    },
};

struct Resolver(Issuer);

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver")
    }
}

impl ResolveIdentity for Resolver {
    fn resolve_identity<'a>(&'a self, _: &'a RuntimeComponents, _: &'a ConfigBag) -> IdentityFuture<'a> {
        IdentityFuture::new(async {
            let grant = self.0.exchange().await?;
            let end = SystemTime::now() + grant.lifetime;
            Ok(Identity::new(Token::new(grant.token, Some(end)), Some(end)))
        })
    }
}

#[derive(Clone)]
struct Cached(Arc<Parts>);

struct Parts {
    cache: SharedIdentityCache,
    resolver: SharedIdentityResolver,
    components: RuntimeComponents,
    config: ConfigBag,
}

impl Shared for Cached {
    #[inline]
    async fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> Result<(), Error> {
        let Parts { cache, resolver, components, config } = &*self.0;
        let identity = cache.resolve_cached_identity(resolver.clone(), components, config).await?;
        let token = identity.data::<Token>().ok_or("an identity without a token")?;
        request.headers_mut().insert(AUTHORIZATION, bearer(token.token())?);
        Ok(())
    }
}
