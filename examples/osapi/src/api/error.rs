//! The error answers of the API.

use std::time::Duration;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use osapi_common::http::{ErrorAnswer, RequestQuery};
use serde_json::{Map, Value, json};

use super::jobs::ShowQuery;
use crate::{
    broker::BrokerError,
    operations::{OPERATIONS, RequestError},
};

/// When a client may try again after the broker refused its request.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why the answer to a request is an error. The errors of bodies and paths are those of
/// [`osapi_common::http`].
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("no job has the id `{id}`; records of finished jobs are kept for a limited time")]
    NoSuchJob { id: String },
    #[error("bad query: {message}")]
    BadQuery { message: String },
    #[error(transparent)]
    BadRequest(#[from] RequestError),
    #[error(transparent)]
    Unavailable(#[from] BrokerError),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchJob { .. } => StatusCode::NOT_FOUND,
            Self::BadQuery { .. } | Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unavailable(BrokerError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable(BrokerError::Foreign { .. }) => StatusCode::BAD_GATEWAY,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchJob { .. } => "no_such_job",
            Self::BadQuery { .. } => "bad_query",
            Self::BadRequest(RequestError::UnknownOperation { .. }) => "unknown_operation",
            Self::BadRequest(RequestError::BadArguments { .. }) => "bad_arguments",
            Self::Unavailable(BrokerError::Closed) => "stopping",
            Self::Unavailable(BrokerError::QueueFull { .. }) => "queue_full",
            Self::Unavailable(BrokerError::TooLarge) => "job_too_large",
            Self::Unavailable(BrokerError::Away { .. }) => "broker_away",
            Self::Unavailable(BrokerError::Misconfigured { .. }) => "broker_misconfigured",
            Self::Unavailable(BrokerError::Refuses { .. }) => "broker_refuses",
            Self::Unavailable(BrokerError::StoreFull { .. }) => "broker_full",
            Self::Unavailable(BrokerError::Foreign { .. }) => "foreign_record",
        }
    }

    /// The values that the API accepts, for the field `expected`.
    fn expected(&self) -> Option<Value> {
        match self {
            Self::BadQuery { .. } => Some(ShowQuery::expected()),
            Self::BadRequest(RequestError::UnknownOperation { .. }) => {
                let operations = OPERATIONS.iter().map(|spec| (spec.name, spec.summary));
                Some(json!({ "operations": object(operations) }))
            }
            Self::BadRequest(RequestError::BadArguments { spec, .. }) => {
                let args = spec.args.iter().copied();
                Some(json!({ "operation": spec.name, "args": object(args) }))
            }
            Self::NoSuchJob { .. } | Self::Unavailable(_) => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        ErrorAnswer {
            status,
            code: self.code(),
            message: self.to_string(),
            expected: self.expected(),
            retry_after: (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER),
        }
        .into_response()
    }
}

fn object(entries: impl Iterator<Item = (&'static str, &'static str)>) -> Map<String, Value> {
    entries.map(|(name, meaning)| (name.to_owned(), meaning.into())).collect()
}
