/// What a process does with its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// The API writes a task with its request.
    AcceptTasks,
    /// The API reads a task.
    ShowTasks,
    /// The API asks for the end of a task.
    CancelTasks,
    /// The orchestration reads its queues.
    ReadQueues,
    /// The orchestration begins or ends a task for a request.
    TakeRequests,
    /// The orchestration takes the end of a step.
    TakeResults,
    /// The orchestration enqueues a step whose next attempt is due.
    EnqueueSteps,
    /// The orchestration looks for such steps.
    FindSteps,
    /// The orchestration counts for the gauges.
    Count,
    /// A worker reads its queue.
    ReadSteps,
    /// A worker makes a step its own.
    ClaimSteps,
    /// A worker keeps the steps that it runs.
    KeepSteps,
    /// A worker sends the end of a step.
    SendResults,
    /// A worker deletes the message of a step that has ended.
    DeleteSteps,
    /// The orchestration or a worker hears of new messages. Queues are read without it too.
    HearOfMessages,
}

/// The breakers of the database.
#[derive(Clone, Copy, Debug)]
pub(super) enum UseBreaker {
    Web,
    TaskReadiness,
    Pgmq,
}

impl Use {
    /// The use behind `cannot`.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::AcceptTasks => "accept tasks",
            Self::ShowTasks => "show tasks",
            Self::CancelTasks => "cancel tasks",
            Self::ReadQueues => "read the queues of the orchestration",
            Self::TakeRequests => "take requests",
            Self::TakeResults => "take results of steps",
            Self::EnqueueSteps => "enqueue steps",
            Self::FindSteps => "find steps whose attempt is due",
            Self::Count => "count tasks and steps",
            Self::ReadSteps => "read the queue of a worker",
            Self::ClaimSteps => "claim steps",
            Self::KeepSteps => "keep running steps",
            Self::SendResults => "send results of steps",
            Self::DeleteSteps => "delete messages of steps",
            Self::HearOfMessages => "hear of messages",
        }
    }

    /// Whether the process is not ready without it.
    pub(super) fn is_needed(self) -> bool {
        self != Self::HearOfMessages
    }

    pub(super) fn breaker(self) -> UseBreaker {
        match self {
            Self::AcceptTasks | Self::ShowTasks | Self::CancelTasks => UseBreaker::Web,
            Self::FindSteps | Self::Count => UseBreaker::TaskReadiness,
            _ => UseBreaker::Pgmq,
        }
    }
}
