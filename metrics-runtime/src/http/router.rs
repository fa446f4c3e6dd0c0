//! The endpoint inside an axum application.

use axum::{Router, body::Body, response::IntoResponse, routing::any};
use http::Request;

use super::{endpoint::Endpoint, request::EndpointRequest};

/// The metrics, their catalogue, the explorer, `/health` and `/health/ready`, for a router with any
/// state.
pub(crate) fn router<S>(endpoint: Endpoint) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let paths: Vec<_> = endpoint.routes().map(str::to_owned).collect();
    // Any method: the endpoint rejects wrong methods, here as in its own server.
    let handler = any(move |request: Request<Body>| async move {
        let (head, _) = request.into_parts();
        endpoint.respond(&EndpointRequest::of(&head)).await.into_response()
    });
    paths.iter().fold(Router::new(), |router, path| router.route(path, handler.clone()))
}
