//! An operation between its beginning and its end.

use std::time::Instant;

use sqlx::Error;

use super::{QueueOperation, QueueRoles, QueueVerb};
use crate::instrumentation::sqlx::error_type;

/// The class of an operation that was dropped before its end.
const CANCELLED: &str = "cancelled";

/// The class of a sample that took too long.
const TIMED_OUT: &str = "timed_out";

/// An operation on a queue. Dropping it records it.
pub(super) struct RunningOperation<'r> {
    roles: &'r QueueRoles,
    operation: QueueOperation,
    begun: Instant,
}

impl<'r> RunningOperation<'r> {
    pub(super) fn begin(roles: &'r QueueRoles, verb: QueueVerb) -> Self {
        let operation = QueueOperation { verb, error_type: Some(CANCELLED) };
        Self { roles, operation, begun: Instant::now() }
    }

    /// Ends the operation with its result.
    pub(super) fn end<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.operation.error_type = result.as_ref().err().map(error_type);
        result
    }

    /// Ends an operation that took too long.
    pub(super) fn time_out(mut self) {
        self.operation.error_type = Some(TIMED_OUT);
    }
}

impl Drop for RunningOperation<'_> {
    fn drop(&mut self) {
        let (roles, operation, time) = (self.roles, &self.operation, self.begun.elapsed());
        match operation.verb {
            QueueVerb::Send => roles.send_duration.record_duration(operation, time),
            QueueVerb::Receive => roles.receive_duration.record_duration(operation, time),
            _ => {}
        }
        roles.operation_duration.record_duration(operation, time);
        if operation.error_type.is_some() {
            roles.errors.inc(operation);
        }
    }
}
