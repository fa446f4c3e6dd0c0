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
use osapi_common::http::answer_unknown;

use crate::broker::Broker;

/// The path at which jobs are submitted.
pub(crate) const JOBS: &str = "/jobs";

/// The paths that a process with the API has.
const PATHS: &[&str] = &["/jobs", "/jobs/{id}", "/metrics", "/health", "/health/ready"];

/// The routes of the API over `broker`. Every error is answered in JSON.
pub fn router(broker: Arc<dyn Broker>) -> Router {
    let routes = Router::new().route(JOBS, post(jobs::submit)).route("/jobs/{id}", get(jobs::show));
    answer_unknown(routes, PATHS).with_state(broker)
}
