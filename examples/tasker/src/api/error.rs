//! The error answers of the API.

use std::time::Duration;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use osapi_common::http::ErrorAnswer;
use osapi_metrics_rules::{excerpt::Excerpt, similar::nearest};
use serde_json::{Map, Value, json};

use crate::{
    resilience::is_unavailable,
    workflow::{ContextError, WORKFLOWS, Workflow},
};

/// When a client may try again if nothing better is known.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why the answer to a request is an error.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("no workflow has the name `{name}`{}", .meant.map(|meant| format!("; `{meant}` is one")).unwrap_or_default())]
    UnknownWorkflow { name: String, meant: Option<&'static str> },
    #[error("{cause}")]
    Context { workflow: &'static Workflow, cause: ContextError },
    #[error("a correlation id has 1 to 64 letters, digits, `-`, `_` and `.`")]
    CorrelationId,
    #[error("no task has the id `{id}`")]
    NoSuchTask { id: String },
    #[error("the task is over, its state is `{state}`")]
    TaskIsOver { state: &'static str },
    #[error("{queued} requests wait already, which is more than {most}")]
    QueueFull { queued: u64, most: u64 },
    #[error("the database has failed several times, and is not asked for a while")]
    BreakerOpen { retry_after: Option<Duration> },
    #[error("the database could not be asked: {cause}")]
    Database { cause: sqlx::Error },
    #[error("the process is stopping")]
    Stopping,
}

impl ApiError {
    pub(super) fn unknown_workflow(name: &str) -> Self {
        let known = WORKFLOWS.iter().map(|workflow| workflow.name);
        Self::UnknownWorkflow { name: Excerpt::of(name).to_string(), meant: nearest(name, known) }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownWorkflow { .. } | Self::Context { .. } | Self::CorrelationId => {
                StatusCode::BAD_REQUEST
            }
            Self::NoSuchTask { .. } => StatusCode::NOT_FOUND,
            Self::TaskIsOver { .. } => StatusCode::CONFLICT,
            Self::Database { cause } if !is_unavailable(cause) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::QueueFull { .. }
            | Self::BreakerOpen { .. }
            | Self::Database { .. }
            | Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownWorkflow { .. } => "unknown_workflow",
            Self::Context { .. } => "bad_context",
            Self::CorrelationId => "bad_correlation_id",
            Self::NoSuchTask { .. } => "no_such_task",
            Self::TaskIsOver { .. } => "task_is_over",
            Self::QueueFull { .. } => "queue_full",
            Self::BreakerOpen { .. } => "breaker_open",
            Self::Database { cause } if !is_unavailable(cause) => "database_error",
            Self::Database { .. } => "database_away",
            Self::Stopping => "stopping",
        }
    }

    /// The values that the API accepts.
    fn expected(&self) -> Option<Value> {
        match self {
            Self::UnknownWorkflow { .. } => {
                let workflows = WORKFLOWS.iter();
                let workflows: Map<_, _> =
                    workflows.map(|w| (w.name.to_owned(), w.summary.into())).collect();
                Some(json!({ "workflows": workflows }))
            }
            Self::Context { workflow, .. } => {
                let fields = workflow.context.iter();
                let context: Map<_, _> =
                    fields.map(|field| (field.key.to_owned(), field.expected().into())).collect();
                Some(json!({ "workflow": workflow.name, "context": context }))
            }
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let retry_after = match &self {
            Self::BreakerOpen { retry_after: Some(time) } => {
                Duration::from_secs(time.as_secs() + 1)
            }
            _ => RETRY_AFTER,
        };
        ErrorAnswer {
            status,
            code: self.code(),
            message: self.to_string(),
            expected: self.expected(),
            retry_after: (status == StatusCode::SERVICE_UNAVAILABLE).then_some(retry_after),
        }
        .into_response()
    }
}
