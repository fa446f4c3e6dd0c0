use std::error::Error;

/// The reason why a task failed.
pub(crate) type TaskError = Box<dyn Error + Send + Sync>;

/// The thread of the task does not answer any more.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ThreadGone {
    /// The task panicked. The thread goes on.
    #[error("the export panicked")]
    Panicked,
    /// The thread has ended.
    #[error("the thread of the exporter has ended")]
    Ended,
}
