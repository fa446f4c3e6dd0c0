//! What the endpoint's last answer said beyond what `opentelemetry-otlp` passes on.

use std::sync::{Mutex, PoisonError};

/// The place where a transport leaves what it learnt, for the exporter to pick up after the export.
///
/// `opentelemetry-otlp` reduces a failed connection to "network error", takes any body of a successful HTTP response
/// for an OTLP response, and only logs how many points were rejected. The HTTP transport sees the response and says
/// more. The gRPC client is out of reach: there, points that the endpoint rejects in a partial success go unnoticed.
#[derive(Debug, Default)]
pub(super) struct LastAnswer(Mutex<Answer>);

/// What one try came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nothing to add to what the export's result says.
    #[default]
    AsReported,
    /// The endpoint took the request but not all of its points.
    #[cfg_attr(not(feature = "otlp-http"), allow(dead_code))]
    Rejected {
        /// How many it refused.
        points: u64,
        /// The endpoint's own words.
        reason: String,
    },
    /// It did not work, for this reason.
    Failed(String),
}

impl LastAnswer {
    pub(super) fn set(&self, answer: Answer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// The last answer, which is forgotten.
    pub(super) fn take(&self) -> Answer {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
