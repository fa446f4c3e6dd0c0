/// The reason why the metrics could not be collected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CollectError {
    /// A callback of a collection asked for a collection, which would wait for itself.
    #[error("an observation asked for a collection while one runs its callbacks")]
    Nested,
    /// A thread that does not exist in this process held a lock.
    #[error(
        "this process was split by fork() while another thread held a lock of the metrics, which \
         nobody releases here; split a process before it has threads that record, or let the new \
         process call exec()"
    )]
    LostLock,
    /// The SDK could not collect the instruments of other libraries.
    #[error(transparent)]
    Sdk(#[from] opentelemetry_sdk::error::OTelSdkError),
}
