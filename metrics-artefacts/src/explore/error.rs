use std::io;

use osapi_metrics::http::ListenError;

use super::options::MAX_TARGETS;
use crate::catalogue::LoadError;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExploreError {
    /// There is no process to ask.
    #[error("there is no address of metrics to show")]
    NoTarget,
    /// There are more processes than one page shows.
    #[error("{0} addresses are given, and one page shows at most {MAX_TARGETS}")]
    TooManyTargets(usize),
    /// One process is given twice.
    #[error("{0} is given twice")]
    Twice(String),
    /// A catalogue cannot be read.
    #[error(transparent)]
    Catalogue(#[from] LoadError),
    /// No process answers with metrics.
    #[error("{}", .0.join("\n"))]
    NobodyAnswers(Vec<String>),
    /// The address of the page cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The system refuses a thread.
    #[error("no thread can be started: {0}")]
    NoThread(io::Error),
}
