//! The endpoint inside an axum application.

use axum::{Router, response::IntoResponse, routing::any};
use http::{HeaderMap, Method, Uri};

use super::endpoint::{Endpoint, HEALTH, READY};

/// The metrics, their catalogue, `/health` and `/health/ready`, for a router with any state.
pub(crate) fn router<S>(endpoint: Endpoint) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let (path, catalogue) = (endpoint.path().to_owned(), endpoint.catalogue_path().to_owned());
    // Any method: the endpoint rejects wrong methods, here as in its own server.
    let handler = any(move |method: Method, uri: Uri, headers: HeaderMap| async move {
        let response = endpoint.respond(&method, uri.path(), &headers).await;
        response.into_response()
    });
    Router::new()
        .route(&path, handler.clone())
        .route(&catalogue, handler.clone())
        .route(HEALTH, handler.clone())
        .route(READY, handler)
}
