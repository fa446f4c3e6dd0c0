use osapi_metrics::LabelValue;
use serde::{Deserialize, Serialize};

/// How urgent a job is. A worker claims the job of the highest priority that it can run, and of
/// several the oldest.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Deserialize,
    Serialize,
    LabelValue,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is nothing else to do.
    Low,
    /// The default.
    #[default]
    Normal,
    /// Before normal jobs.
    High,
    /// Before all other jobs.
    Critical,
}

impl Priority {
    /// Every priority, the lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Critical];

    /// The name in requests and in the label `priority`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
