use crate::collection::CollectError;

/// The reason why an export did not arrive as a whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The metrics could not be collected.
    #[error("the metrics could not be collected: {0}")]
    Collect(#[from] CollectError),
    /// The endpoint did not accept a request.
    #[error("OTLP endpoint `{endpoint}`: {cause}")]
    Delivery {
        /// The endpoint without credentials and query.
        endpoint: String,
        cause: String,
    },
}
