//! The HTTP API: submits jobs and returns their records.

mod error;
mod jobs;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use osapi_common::http::Routes;

use crate::broker::Broker;

/// The path at which jobs are submitted.
pub(crate) const JOBS: &str = "/jobs";

/// The routes of the API over `broker`. Every error is answered in JSON.
///
/// `others` are further paths of the process.
pub fn router<'a>(broker: Arc<dyn Broker>, others: impl IntoIterator<Item = &'a str>) -> Router {
    Routes::new()
        .route(JOBS, post(jobs::submit))
        .route("/jobs/{id}", get(jobs::show))
        .answer_unknown(others)
        .with_state(broker)
}
