//! Which path of which origin is answered by what.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, post},
};
use http::{HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{
    Origin, authorize, inject, other_origin, protected_api, record,
    shared::{Shared, TOKEN_PATH},
    systems, token_endpoint,
};

pub(crate) fn of(origin: Origin, shared: &Arc<Shared>, pages: &[HeaderValue]) -> Router {
    let routes = match origin {
        Origin::Main => main(shared),
        Origin::Other => Router::new().fallback(other_origin::answer),
    };
    let routes = if pages.is_empty() { routes } else { routes.layer(cors(pages)) };
    // Outermost: what is not recorded did not happen.
    let recorder = (origin, Arc::clone(shared));
    routes.layer(middleware::from_fn_with_state(recorder, record::record))
}

/// What a page's script may send and read, if it is of one of these origins.
fn cors(pages: &[HeaderValue]) -> CorsLayer {
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let pages = AllowOrigin::list(pages.iter().cloned());
    CorsLayer::new().allow_origin(pages).allow_methods(methods).allow_headers(AllowHeaders::mirror_request())
}

/// The layers of each endpoint run from the last to the first: faults before anything else. They are route layers, so
/// that an unknown path uses up no fault.
fn main(shared: &Arc<Shared>) -> Router {
    // RFC 6749, section 5.1, asks for it wherever a token is in the answer.
    let no_store = SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let token_endpoint = Router::new()
        .route(TOKEN_PATH, post(token_endpoint::token).fallback(token_endpoint::wrong_method))
        .merge(systems::token_endpoints())
        .route_layer(no_store)
        .route_layer(middleware::from_fn_with_state(Arc::clone(shared), inject::at_token_endpoint));
    let api = Router::new()
        .route("/api/{*path}", any(protected_api::thing))
        .route("/api/echo", any(protected_api::echo))
        .route("/api/forbidden", any(protected_api::forbidden))
        .route_layer(middleware::from_fn_with_state(Arc::clone(shared), authorize::authorize))
        .route_layer(middleware::from_fn_with_state(Arc::clone(shared), inject::at_api));
    // Each says no in its own words, so each looks at its tokens itself.
    let systems = systems::apis().route_layer(middleware::from_fn_with_state(Arc::clone(shared), inject::at_api));
    // The bound on a body is the recorder's; axum's own of 2 MB would surprise.
    token_endpoint.merge(api).merge(systems).layer(DefaultBodyLimit::disable()).with_state(Arc::clone(shared))
}
