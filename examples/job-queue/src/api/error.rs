//! The error answers of the API.

use std::time::Duration;

use axum::{
    extract::ws::rejection::WebSocketUpgradeRejection::{self, InvalidWebSocketVersionHeader},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{SEC_WEBSOCKET_VERSION, UPGRADE},
    },
    response::{IntoResponse, Response},
};
use osapi_common::http::{ErrorAnswer, RequestQuery};
use serde_json::{Value, json};

use super::jobs::ShowQuery;
use crate::{
    job::{JobState, PayloadError, Priority, RequirementsError, Service},
    queue::QueueError,
};

/// When a client may try again after a request was refused for a time.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The version of WebSocket that is spoken (RFC 6455, 4.4).
const VERSION: u16 = 13;

/// Why the answer to a request is an error. The errors of bodies and paths are those of
/// [`osapi_common::http`].
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("no job has the id `{id}`; records of jobs that are over are kept for a limited time")]
    NoSuchJob { id: String },
    #[error("job {id} is {} already", .state.name())]
    IsOver { id: String, state: JobState },
    #[error("no model has the name `{name}`")]
    NoSuchModel { name: String },
    #[error("`{field}` is {given}; allowed is {}", in_words(.allowed))]
    BadField { field: &'static str, given: String, allowed: Value },
    #[error("`requirements`: {0}")]
    BadRequirements(#[from] RequirementsError),
    #[error(transparent)]
    BadPayload(#[from] PayloadError),
    #[error("bad query: {message}")]
    BadQuery { message: String },
    #[error("events are sent over WebSocket: {0}")]
    NoWebSocket(#[from] WebSocketUpgradeRejection),
    #[error("events are sent over WebSocket: `Sec-WebSocket-Key` is not 16 bytes in base64")]
    BadWebSocketKey,
    #[error("events are sent over WebSocket: `{header}` is given more than once")]
    RepeatedWebSocketHeader { header: HeaderName },
    #[error("{connections} clients receive events already; try again later")]
    TooManyClients { connections: usize },
    #[error(transparent)]
    Unavailable(#[from] QueueError),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchJob { .. } | Self::NoSuchModel { .. } => StatusCode::NOT_FOUND,
            Self::IsOver { .. } => StatusCode::CONFLICT,
            Self::BadField { .. }
            | Self::BadRequirements(_)
            | Self::BadPayload(_)
            | Self::BadQuery { .. }
            | Self::BadWebSocketKey
            | Self::RepeatedWebSocketHeader { .. } => StatusCode::BAD_REQUEST,
            Self::NoWebSocket(InvalidWebSocketVersionHeader(_)) => StatusCode::UPGRADE_REQUIRED,
            Self::NoWebSocket(rejection) => rejection.status(),
            Self::Unavailable(QueueError::Foreign { .. }) => StatusCode::BAD_GATEWAY,
            Self::TooManyClients { .. } | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchJob { .. } => "no_such_job",
            Self::IsOver { .. } => "job_is_over",
            Self::NoSuchModel { .. } => "no_such_model",
            Self::BadField { .. } | Self::BadRequirements(_) => "bad_field",
            Self::BadPayload(_) => "bad_payload",
            Self::BadQuery { .. } => "bad_query",
            Self::NoWebSocket(_) | Self::BadWebSocketKey | Self::RepeatedWebSocketHeader { .. } => {
                "no_web_socket"
            }
            Self::TooManyClients { .. } => "too_many_clients",
            Self::Unavailable(error) => error.code(),
        }
    }

    /// The values that the API accepts, for the field `expected`.
    fn expected(self) -> Option<Value> {
        match self {
            Self::BadField { allowed, .. } => Some(allowed),
            Self::BadRequirements(_) => {
                Some(json!({"requirements": {"key": "a text or the least number"}}))
            }
            Self::BadPayload(error) => {
                let service = match error {
                    PayloadError::Form { service, .. } => Some(service),
                    PayloadError::Range { .. } => None,
                };
                service.map(|service| json!({ "payload": payload_of(service) }))
            }
            Self::BadQuery { .. } => Some(ShowQuery::expected()),
            Self::NoWebSocket(InvalidWebSocketVersionHeader(_)) => {
                Some(json!({"sec-websocket-version": VERSION.to_string()}))
            }
            Self::NoWebSocket(_) => Some(json!({"upgrade": "websocket"})),
            Self::BadWebSocketKey => Some(json!({"sec-websocket-key": "16 bytes in base64"})),
            Self::RepeatedWebSocketHeader { header } => {
                Some(json!({ header.as_str(): "given once" }))
            }
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = (self.status(), self.code(), self.to_string());
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER);
        let expected = self.expected();
        let answer = ErrorAnswer { status, code, message, expected, retry_after };
        if status != StatusCode::UPGRADE_REQUIRED {
            return answer.into_response();
        }
        let upgrade = (UPGRADE, HeaderValue::from_static("websocket"));
        ([upgrade, (SEC_WEBSOCKET_VERSION, VERSION.into())], answer).into_response()
    }
}

/// What is allowed, in a sentence.
fn in_words(allowed: &Value) -> String {
    match allowed {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(in_words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The names of all services.
pub(super) fn services() -> Vec<&'static str> {
    Service::ALL.map(Service::name).to_vec()
}

/// The names of all priorities.
pub(super) fn priorities() -> Vec<&'static str> {
    Priority::ALL.map(Priority::name).to_vec()
}

/// The fields of a payload with their meanings.
fn payload_of(service: Service) -> Value {
    match service {
        Service::Simulation => json!({
            "millis": "how long it takes, at most 3600000",
            "steps": "how many times it reports progress, at most 1000",
            "output_bytes": "the size of its output, at most 67108864",
            "model": "the name of a model that it loads first",
            "fail": "timeout, memory, network, connection, unknown or panic",
            "failing_attempts": "how many attempts fail; all without it",
        }),
        Service::Hash => json!({
            "text": "the text to digest, or",
            "url": "what to digest, an address with http:// that leads to at most 8 MiB",
            "rounds": "how many times the digest is digested again, at most 10000000",
        }),
        Service::Compress => json!({
            "text": "the text to compress, or",
            "bytes": "how many generated bytes to compress, at most 268435456",
            "level": "from 0 to 9",
        }),
        Service::Image => json!({
            "width": "pixels, from 1 to 65536",
            "height": "pixels, from 1 to 65536",
            "iterations": "from 1 to 10000",
            "model": "the name of the model with the colours",
        }),
    }
}
