use std::{borrow::Cow, num::NonZeroU32, time::Duration};

use crate::core::descriptor::LabelValue;

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
    /// The name of its error, if it returned one and `error_name` names it.
    pub error_name: Option<Cow<'static, str>>,
    /// How long it ran.
    pub duration: Duration,
    /// Which attempt it was, counted from 1, if that is known.
    pub attempt: Option<NonZeroU32>,
    /// Whether no other attempt follows if this one failed.
    pub final_attempt: bool,
}

impl JobEnd {
    /// It returned, and not an `Err`. The rest is told later.
    pub(super) const COMPLETED: Self = Self::of(JobStatus::Completed);

    /// An end without an error. The rest is told later.
    pub(super) const fn of(status: JobStatus) -> Self {
        Self {
            status,
            error_type: None,
            error_name: None,
            duration: Duration::ZERO,
            attempt: None,
            final_attempt: false,
        }
    }

    /// It returned an `Err`, which may say that time ran out, as the class `timeout` always does. The
    /// rest is told later.
    pub(super) fn failed(error_type: Cow<'static, str>, timeout: bool) -> Self {
        let status = if timeout || error_type == "timeout" {
            JobStatus::TimedOut
        } else {
            JobStatus::Failed
        };
        Self { error_type: Some(error_type), ..Self::of(status) }
    }

    /// Whether it is lost: it failed, and no other attempt follows.
    pub(super) fn is_dead_lettered(&self) -> bool {
        use JobStatus::{Failed, Panicked, TimedOut};
        self.final_attempt && matches!(self.status, Failed | TimedOut | Panicked)
    }
}

/// Where a job stands when its labels are asked for.
///
/// A label set that has `#[label(job = stage)]` on a field makes the field from it, so that one
/// counter can follow jobs from their start to their end:
///
/// ```
/// use osapi_metrics::{JobStatus, LabelValue, jobs::JobStage};
///
/// #[derive(Clone, Copy, LabelValue)]
/// enum Progress {
///     Started,
///     Completed,
///     Failed,
/// }
///
/// impl From<JobStage<'_>> for Progress {
///     fn from(stage: JobStage<'_>) -> Self {
///         match stage {
///             JobStage::Ended(end) if end.status == JobStatus::Completed => Self::Completed,
///             JobStage::Ended(_) => Self::Failed,
///             _ => Self::Started,
///         }
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum JobStage<'a> {
    /// It was submitted.
    Created,
    /// It runs.
    Started,
    /// It ended.
    Ended(&'a JobEnd),
}
