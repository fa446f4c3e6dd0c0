use osapi_metrics::instrumentation::queue::Message;
use uuid::Uuid;

use crate::{
    resilience::Use,
    store::{StepResult, TaskRequest},
};

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

impl Command {
    /// What the database is used for.
    pub(super) fn to(&self) -> Use {
        match self {
            Self::Request(_) => Use::TakeRequests,
            Self::Result(_) => Use::TakeResults,
            Self::EnqueueDue(_) => Use::EnqueueSteps,
        }
    }

    /// The task of a message, and the id of its request.
    pub(super) fn task(&self) -> Option<(Uuid, &str)> {
        match self {
            Self::Request(message) => {
                let request = message.body.as_ref().ok()?;
                Some((request.task(), request.correlation_id()))
            }
            Self::Result(message) => {
                let result = message.body.as_ref().ok()?;
                Some((result.task, &result.correlation_id))
            }
            Self::EnqueueDue(_) => None,
        }
    }
}
