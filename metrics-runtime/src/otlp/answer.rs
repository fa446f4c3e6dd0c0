//! What an endpoint makes of a request, whichever transport asks.

use std::{error::Error, time::Duration};

use http::StatusCode;
use prost::Message;

use crate::http_client::{ProxyError, with_causes};

/// An OTLP response is small. The limit keeps the pages of a wrong endpoint out of memory.
pub(super) const MAX_RESPONSE_BYTES: usize = 1024 * 1024;

/// The endpoint has accepted a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    /// The number of points that the endpoint has rejected nevertheless.
    pub(super) rejected_points: u64,
    /// The reason that the endpoint gives.
    pub(super) reason: String,
}

/// The endpoint has not accepted a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TryError {
    /// The cause, which may have texts of the endpoint in it, but no body of a response.
    pub(super) cause: String,
    pub(super) retry: Retry,
}

/// Whether the request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retry {
    /// The answer would be the same.
    Never,
    /// After a time of the exporter's choice.
    Yes,
    /// After the time that the endpoint asks for.
    After(Duration),
}

impl Accepted {
    /// Reads a response in protobuf. `None` if it is none.
    pub(super) fn in_protobuf(body: &[u8]) -> Option<Self> {
        let partial = ServiceResponse::decode(body).ok()?.partial_success.unwrap_or_default();
        Some(Self {
            rejected_points: u64::try_from(partial.rejected_data_points).unwrap_or(0),
            reason: String::from_utf8_lossy(&partial.error_message).into_owned(),
        })
    }
}

/// `ExportMetricsServiceResponse`, with any bytes as its text: the endpoint has accepted the
/// points, and they would be sent again if the response counted as a failure.
#[derive(Clone, PartialEq, Message)]
struct ServiceResponse {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

/// `ExportMetricsPartialSuccess`.
#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected_data_points: i64,
    #[prost(bytes = "vec", tag = "2")]
    error_message: Vec<u8>,
}

impl Retry {
    /// Whether a request may be sent again after a status of HTTP, by the OTLP specification.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Self::Yes,
            _ => Self::Never,
        }
    }
}

impl TryError {
    pub(super) fn new(cause: impl Into<String>, retry: Retry) -> Self {
        Self { cause: cause.into(), retry }
    }

    /// The connection failed: nothing is known of the request. A proxy that refuses to connect has
    /// a reason.
    pub(super) fn of_connection(error: &(dyn Error + 'static)) -> Self {
        let retry = ProxyError::refusal(error).map_or(Retry::Yes, Retry::of_status);
        Self::new(with_causes(error), retry)
    }
}
