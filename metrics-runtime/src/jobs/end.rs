use std::{borrow::Cow, time::Duration};

use crate::LabelValue;

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum JobStatus {
    /// It returned, and not an `Err`.
    Completed,
    /// It returned an `Err`.
    Failed,
    /// It returned an `Err` whose type says that time ran out.
    TimedOut,
    /// Its future was dropped before it finished.
    Cancelled,
    /// It panicked.
    Panicked,
}

impl JobStatus {
    pub(super) const ALL: [Self; 5] =
        [Self::Completed, Self::Failed, Self::TimedOut, Self::Cancelled, Self::Panicked];
}

/// The end of a job.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JobEnd {
    /// How it ended.
    pub status: JobStatus,
    /// The class of its error, if it returned one: `timeout`, `not_found`, `other`.
    pub error_type: Option<Cow<'static, str>>,
    /// How long it ran.
    pub duration: Duration,
}

impl JobEnd {
    /// It returned, and not an `Err`. How long it ran is told later.
    pub(super) const COMPLETED: Self = Self::of(JobStatus::Completed);

    /// An end without an error. How long it ran is told later.
    pub(super) const fn of(status: JobStatus) -> Self {
        Self { status, error_type: None, duration: Duration::ZERO }
    }

    /// It returned an `Err`. How long it ran is told later.
    pub(super) fn failed(error_type: Cow<'static, str>, timeout: bool) -> Self {
        let status = if timeout { JobStatus::TimedOut } else { JobStatus::Failed };
        Self { status, error_type: Some(error_type), duration: Duration::ZERO }
    }
}
