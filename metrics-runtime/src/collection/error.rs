/// The reason why the metrics could not be collected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CollectError {
    /// A callback of a collection asked for a collection, which would wait for itself.
    #[error("an observation asked for a collection while one runs its callbacks")]
    Nested,
    /// The SDK could not collect the instruments of other libraries.
    #[error(transparent)]
    Sdk(#[from] opentelemetry_sdk::error::OTelSdkError),
}
