//! The HTTP API: submits jobs, returns their records, cancels them, sends their events, and serves
//! the models that workers download.

mod body;
mod error;
mod events;
mod jobs;
mod models;
mod users;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use osapi_common::http::Routes;
use tokio_util::sync::CancellationToken;

pub use events::EventLimits;
pub use users::ActiveUsers;

use crate::queue::Queue;

/// The path at which jobs are submitted.
pub const JOBS: &str = "/jobs";

/// The path of the events.
pub const EVENTS: &str = "/events";

/// What the routes share.
#[derive(Clone, Debug)]
pub struct Api {
    /// The queue of the jobs.
    pub queue: Arc<dyn Queue>,
    /// Who uses the API.
    pub users: ActiveUsers,
    /// The limits of the events.
    pub limits: EventLimits,
    /// Ends the connections with events, which a graceful stop would wait for.
    pub stop: CancellationToken,
    /// Whether submissions and connections with events are counted.
    pub is_recorded: bool,
}

/// The routes of the API.
pub fn routes() -> Routes<Api> {
    Routes::new()
        .route(JOBS, post(jobs::submit))
        .route("/jobs/{id}", get(jobs::show).delete(jobs::cancel))
        .route(EVENTS, get(events::events))
        .route("/models/{name}", get(models::model))
}

/// The API. Every error is answered in JSON.
///
/// `others` are further paths of the process.
pub fn router<'a>(api: Api, others: impl IntoIterator<Item = &'a str>) -> Router {
    let users = api.users.clone();
    routes()
        .answer_unknown(others)
        .layer(middleware::from_fn_with_state(users, users::seen))
        .with_state(api)
}
