//! The HTTP API: submits jobs and returns their records.

mod body;
mod error;
mod jobs;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{
    Router,
    http::{Method, Uri},
    routing::{get, post},
};

use crate::broker::Broker;
use error::ApiError;

/// The path at which jobs are submitted.
pub(crate) const JOBS: &str = "/jobs";

/// The routes of the API over `broker`. Every error is answered in JSON.
pub fn router(broker: Arc<dyn Broker>) -> Router {
    Router::new()
        .route(JOBS, post(jobs::submit))
        .route("/jobs/{id}", get(jobs::show))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(no_such_path)
        .with_state(broker)
}

async fn no_such_path(uri: Uri) -> ApiError {
    ApiError::NoSuchPath { path: uri.path().to_owned() }
}

async fn method_not_allowed(method: Method, uri: Uri) -> ApiError {
    ApiError::MethodNotAllowed { method, path: uri.path().to_owned() }
}
