use std::error::Error;

/// An export that somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastExport {
    /// The exporters go on afterwards.
    Flush,
    /// The exporters end afterwards.
    Shutdown,
}

/// The result of one exporter.
pub(super) type ExportResult = Result<(), Box<dyn Error + Send + Sync>>;

#[cfg(any(feature = "_otlp", feature = "console"))]
impl From<LastExport> for crate::periodic::Occasion {
    fn from(export: LastExport) -> Self {
        match export {
            LastExport::Flush => Self::Flush,
            LastExport::Shutdown => Self::Shutdown,
        }
    }
}
