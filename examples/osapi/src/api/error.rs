//! The error answers of the API.

use std::time::Duration;

use axum::{
    Json,
    http::{Method, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use crate::{
    broker::BrokerError,
    operations::{OPERATIONS, RequestError},
};

/// Why the answer to a request is an error.
///
/// The answer is `{"error": {"code": "…", "message": "…"}}`. Some errors have a field `expected`
/// beside the message, with the values that the API accepts.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("there is nothing at `{path}`")]
    NoSuchPath { path: String },
    #[error("`{path}` does not accept {method}; the header Allow lists the accepted methods")]
    MethodNotAllowed { method: Method, path: String },
    #[error("no job has the id `{id}`; records of finished jobs are kept for a limited time")]
    NoSuchJob { id: String },
    #[error("bad query: {message}")]
    BadQuery { message: String },
    #[error("the body must be JSON, but {}", given_content_type(.given.as_deref()))]
    NotJson { given: Option<String> },
    #[error("the body does not have the expected form: {cause}")]
    BadJson { cause: serde_json::Error },
    #[error("the body is larger than {max_bytes} bytes")]
    BodyTooLarge { max_bytes: usize },
    #[error("the body did not arrive within {}", humantime::format_duration(*.limit))]
    BodyTooSlow { limit: Duration },
    #[error("the body broke off: {cause}")]
    BrokenBody { cause: axum::Error },
    #[error(transparent)]
    BadRequest(#[from] RequestError),
    #[error(transparent)]
    Unavailable(#[from] BrokerError),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPath { .. } | Self::NoSuchJob { .. } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotJson { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge { .. } | Self::Unavailable(BrokerError::TooLarge) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::BadQuery { .. }
            | Self::BadJson { .. }
            | Self::BrokenBody { .. }
            | Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchPath { .. } => "no_such_path",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::NoSuchJob { .. } => "no_such_job",
            Self::BadQuery { .. } => "bad_query",
            Self::NotJson { .. } => "not_json",
            Self::BadJson { .. } => "bad_json",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::BodyTooSlow { .. } => "body_too_slow",
            Self::BrokenBody { .. } => "broken_body",
            Self::BadRequest(RequestError::UnknownOperation { .. }) => "unknown_operation",
            Self::BadRequest(RequestError::BadArguments { .. }) => "bad_arguments",
            Self::Unavailable(BrokerError::Closed) => "stopping",
            Self::Unavailable(BrokerError::QueueFull { .. }) => "queue_full",
            Self::Unavailable(BrokerError::TooLarge) => "job_too_large",
            Self::Unavailable(BrokerError::Away { .. }) => "broker_away",
        }
    }

    /// The values that the API accepts, for the field `expected`.
    fn expected(&self) -> Option<Value> {
        match self {
            Self::NoSuchPath { .. } => Some(json!({
                "paths": ["/jobs", "/jobs/{id}", "/metrics", "/health", "/health/ready"],
            })),
            Self::NotJson { .. } => Some(json!({"content-type": "application/json"})),
            Self::BadJson { .. } => Some(json!({
                "operation": "the operation's name",
                "args": "an object with its arguments; may be left out where it takes none",
            })),
            Self::BodyTooLarge { max_bytes } => Some(json!({ "max_bytes": max_bytes })),
            Self::BadQuery { .. } => {
                Some(json!({"wait": "how long to wait for the job's end, such as 5s, at most 30s"}))
            }
            Self::BadRequest(RequestError::UnknownOperation { .. }) => {
                let operations = OPERATIONS.iter().map(|spec| (spec.name, spec.summary));
                Some(json!({ "operations": object(operations) }))
            }
            Self::BadRequest(RequestError::BadArguments { spec, .. }) => {
                let args = spec.args.iter().copied();
                Some(json!({ "operation": spec.name, "args": object(args) }))
            }
            Self::MethodNotAllowed { .. }
            | Self::NoSuchJob { .. }
            | Self::BodyTooSlow { .. }
            | Self::BrokenBody { .. }
            | Self::Unavailable(_) => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut error = json!({"code": self.code(), "message": self.to_string()});
        if let Some(expected) = self.expected() {
            error["expected"] = expected;
        }
        let answer = (self.status(), Json(json!({ "error": error })));
        match self {
            Self::Unavailable(BrokerError::TooLarge) => answer.into_response(),
            Self::Unavailable(_) => ([(RETRY_AFTER, "1")], answer).into_response(),
            _ => answer.into_response(),
        }
    }
}

fn object(entries: impl Iterator<Item = (&'static str, &'static str)>) -> Map<String, Value> {
    entries.map(|(name, meaning)| (name.to_owned(), meaning.into())).collect()
}

fn given_content_type(given: Option<&str>) -> String {
    given.map_or_else(
        || "the header content-type is missing".to_owned(),
        |given| format!("content-type says `{given}`"),
    )
}
