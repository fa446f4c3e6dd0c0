//! The HTTP API: accepts tasks, shows them, and cancels them.

mod correlation;
mod error;
mod tasks;

use std::{future::Future, sync::Arc, time::Duration};

use axum::{
    Router,
    routing::{get, post},
};
use osapi_common::http::Routes;
use osapi_metrics::instrumentation::circuit_breaker::CallError;

use crate::{
    health::{self, Health},
    metrics::{Correlations, EndpointLabels, RejectionMetrics},
    queues::{QueueSamples, Queues},
    resilience::{Breakers, Use},
    store::Database,
};
use error::ApiError;

/// The path at which tasks are submitted.
pub const TASKS: &str = "/v1/tasks";

/// The path of one task.
const TASK: &str = "/v1/tasks/{id}";

/// The path at which a task is cancelled.
const CANCEL: &str = "/v1/tasks/{id}/cancel";

/// What the API works with.
#[derive(Clone, Debug)]
pub struct ApiParts {
    /// The pool of the API.
    pub database: Database,
    /// The queues over this pool.
    pub queues: Queues,
    /// The breakers of the process.
    pub breakers: Breakers,
    /// Whether metrics have correlation ids.
    pub correlations: Correlations,
    /// The longest time that a request may take.
    pub request_timeout: Duration,
    /// The requests in the queue, as they were counted last.
    pub queued: QueueSamples,
    /// Requests beyond this many in the queue are rejected.
    pub max_queued_tasks: u64,
}

/// The routes of the API.
pub fn routes(parts: ApiParts) -> Routes<()> {
    Routes::new()
        .route(TASKS, post(tasks::submit))
        .route(TASK, get(tasks::show))
        .route(CANCEL, post(tasks::cancel))
        .with_state(Arc::new(parts))
}

/// These routes and the one that every process has, with errors in JSON for other paths.
///
/// `others` are further paths of the process.
pub fn with_health<'a>(
    routes: Routes<()>,
    health: Arc<Health>,
    others: impl IntoIterator<Item = &'a str>,
) -> Router {
    let routes = routes.route("/health/detailed", get(health::detailed).with_state(health));
    routes.answer_unknown(others)
}

impl ApiParts {
    /// Asks the database through its breaker, within the time of a request.
    async fn ask<T>(
        &self,
        endpoint: &'static str,
        to: Use,
        question: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, ApiError> {
        match self.breakers.call_within(self.request_timeout, to, question).await {
            Ok(answer) => Ok(answer),
            Err(CallError::Open(open)) => {
                let rejected = &RejectionMetrics::global().requests_rejected_total;
                rejected.with(EndpointLabels { endpoint }).inc();
                Err(ApiError::BreakerOpen { retry_after: open.retry_after() })
            }
            Err(CallError::Failed(error)) => Err(ApiError::Database { cause: error }),
        }
    }
}
