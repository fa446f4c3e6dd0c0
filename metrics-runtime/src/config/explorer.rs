use super::error::InvalidValue;

/// When the explorer keeps a history of what the process measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExplorerHistory {
    /// While somebody looks, and for five minutes after that: `viewed`. Nothing is read and kept
    /// while nobody looks, and a page that is opened is empty at first.
    #[default]
    WhileViewed,
    /// From the start on: `always`. A page that is opened late shows what was before.
    Always,
}

pub(super) fn history(text: &str) -> Result<ExplorerHistory, InvalidValue> {
    match text {
        "viewed" => Ok(ExplorerHistory::WhileViewed),
        "always" => Ok(ExplorerHistory::Always),
        _ => Err("`viewed` or `always`".into()),
    }
}
