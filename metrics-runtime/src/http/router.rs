//! The endpoint inside an axum application.

use axum::{Router, response::IntoResponse, routing::any};
use http::{HeaderMap, Method, Uri};

use super::endpoint::Endpoint;

/// The metrics, their catalogue, `/health` and `/health/ready`, for a router with any state.
pub(crate) fn router<S>(endpoint: Endpoint) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let paths = endpoint.paths().map(str::to_owned);
    // Any method: the endpoint rejects wrong methods, here as in its own server.
    let handler = any(move |method: Method, uri: Uri, headers: HeaderMap| async move {
        let response = endpoint.respond(&method, uri.path(), &headers).await;
        response.into_response()
    });
    paths.iter().fold(Router::new(), |router, path| router.route(path, handler.clone()))
}
