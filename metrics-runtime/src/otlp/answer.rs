//! The part of the endpoint's last answer that `opentelemetry-otlp` does not report.

use std::sync::Mutex;

use crate::core::sync::lock;

/// The last answer that a transport received. The exporter takes it after the export.
///
/// `opentelemetry-otlp` reports a failed connection as "network error", accepts any body of a
/// successful HTTP response as an OTLP response, and only logs the number of rejected points. The
/// HTTP transport sees the response and reports more. The gRPC client is out of reach: over gRPC,
/// points that the endpoint rejects in a partial success go unnoticed.
#[derive(Debug, Default)]
pub(super) struct LastAnswer(Mutex<Answer>);

/// The result of one try.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Answer {
    /// The export's result is complete.
    #[default]
    AsReported,
    /// The endpoint accepted the request, but rejected some of its points.
    #[cfg_attr(
        not(feature = "otlp-http"),
        allow(dead_code, reason = "only the HTTP transport sees rejected points")
    )]
    Rejected {
        /// The number of rejected points.
        points: u64,
        /// The reason that the endpoint gives.
        reason: String,
    },
    /// The try failed, for this reason.
    Failed(String),
}

impl LastAnswer {
    pub(super) fn set(&self, answer: Answer) {
        *lock(&self.0) = answer;
    }

    /// Removes the last answer and returns it.
    pub(super) fn take(&self) -> Answer {
        std::mem::take(&mut *lock(&self.0))
    }
}
