use osapi_metrics::instrumentation::queue::Message;
use uuid::Uuid;

use crate::store::{StepResult, TaskRequest};

/// Work for a processor.
#[derive(Debug)]
pub(super) enum Command {
    /// A request of the API.
    Request(Message<TaskRequest>),
    /// The end of a step.
    Result(Message<StepResult>),
    /// A task has a step whose next attempt is due.
    EnqueueDue(Uuid),
}
