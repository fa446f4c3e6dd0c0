use osapi_metrics::LabelValue;

macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$state_doc:meta])* $state:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
        pub enum $name {
            $($(#[$state_doc])* $state,)*
        }

        impl $name {
            /// Every state, in the order of a life without faults.
            pub const ALL: &'static [Self] = &[$(Self::$state,)*];

            /// The name in the database, in answers and in metrics.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$state => $text,)*
                }
            }

            /// The state of that name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|state| state.as_str() == name)
            }
        }
    };
}

states! {
    /// Where a task is on its way.
    TaskState {
        /// Accepted; the request waits in its queue.
        Pending = "pending",
        /// Its steps are being written.
        Initializing = "initializing",
        /// Steps that are ready are being enqueued.
        EnqueuingSteps = "enqueuing_steps",
        /// Steps are in queues or in workers.
        StepsInProcess = "steps_in_process",
        /// A result is being looked at.
        EvaluatingResults = "evaluating_results",
        /// No step runs, and at least one waits for its next attempt.
        WaitingForRetry = "waiting_for_retry",
        /// A step failed for good, while others still run.
        BlockedByFailures = "blocked_by_failures",
        /// Every step ran or was skipped.
        Complete = "complete",
        /// A step failed for good.
        Error = "error",
        /// Somebody cancelled the task.
        Cancelled = "cancelled",
    }
}

states! {
    /// Where a step is on its way.
    StepState {
        /// It waits for the steps before it.
        Pending = "pending",
        /// Its message is in the queue of its namespace.
        Enqueued = "enqueued",
        /// A worker runs it.
        InProgress = "in_progress",
        /// It failed, and waits for its next attempt.
        WaitingForRetry = "waiting_for_retry",
        /// Its handler returned a value.
        Complete = "complete",
        /// Its handler decided that there is nothing to do.
        Skipped = "skipped",
        /// It failed, and has no attempt left.
        Error = "error",
        /// Its task was cancelled.
        Cancelled = "cancelled",
    }
}

impl TaskState {
    /// Whether the task is over.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Error | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_the_label_values() {
        for state in TaskState::ALL {
            assert_eq!(TaskState::VALUES[state.index()], state.as_str());
            assert_eq!(TaskState::parse(state.as_str()), Some(*state));
        }
        for state in StepState::ALL {
            assert_eq!(StepState::VALUES[state.index()], state.as_str());
        }
        assert_eq!(TaskState::parse("running"), None);
    }
}
