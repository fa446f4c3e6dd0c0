use std::{borrow::Cow, num::NonZeroU32, time::Duration};

use crate::core::descriptor::LabelValue;

/// The way in which a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum JobStatus {
    /// The job returned, and not an `Err` that is a failure.
    Completed,
    /// The job returned an `Err`.
    Failed,
    /// The job returned an `Err` whose type or class says that time ran out.
    TimedOut,
    /// The job's future was dropped before it finished, or the job returned an `Err` that
    /// `cancelled_if` recognises.
    Cancelled,
    /// The job panicked.
    Panicked,
}

impl JobStatus {
    pub(in crate::core::jobs) const ALL: [Self; 5] =
        [Self::Completed, Self::Failed, Self::TimedOut, Self::Cancelled, Self::Panicked];
}

/// The end of a job.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JobEnd {
    /// The status.
    pub status: JobStatus,
    /// The class of the error, if the job returned one: `timeout`, `not_found`, `other`. The error
    /// of a job that completed or was cancelled is no failure.
    pub error_type: Option<Cow<'static, str>>,
    /// The name of the error, if the job returned one and `error_name` names it.
    pub error_name: Option<Cow<'static, str>>,
    /// The time from the start of the job to its end.
    pub duration: Duration,
    /// The number of the attempt, counted from 1, if it is known.
    pub attempt: Option<NonZeroU32>,
    /// Whether no other attempt follows if this attempt failed.
    pub final_attempt: bool,
}

impl JobEnd {
    /// The end of a job that returned, and not an `Err`. The other fields are set later.
    pub(in crate::core::jobs) const COMPLETED: Self = Self::of(JobStatus::Completed);

    /// An end without an error. The other fields are set later.
    pub(in crate::core::jobs) const fn of(status: JobStatus) -> Self {
        Self {
            status,
            error_type: None,
            error_name: None,
            duration: Duration::ZERO,
            attempt: None,
            final_attempt: false,
        }
    }

    /// The end of a job that returned an `Err`. A failure with the class `timeout` has timed out.
    /// The other fields are set later.
    pub(in crate::core::jobs) fn of_error(
        error_type: Cow<'static, str>,
        status: JobStatus,
    ) -> Self {
        let status = if status == JobStatus::Failed && error_type == "timeout" {
            JobStatus::TimedOut
        } else {
            status
        };
        Self { error_type: Some(error_type), ..Self::of(status) }
    }

    /// The class of the error, if the error is a failure. Labels are made from it.
    #[doc(hidden)]
    pub fn failure_class(&self) -> Option<&Cow<'static, str>> {
        let class = self.error_type.as_ref()?;
        (!matches!(self.status, JobStatus::Completed | JobStatus::Cancelled)).then_some(class)
    }

    /// Whether the job is lost: it failed, and no other attempt follows.
    pub(in crate::core::jobs) fn is_dead_lettered(&self) -> bool {
        use JobStatus::{Failed, Panicked, TimedOut};
        self.final_attempt && matches!(self.status, Failed | TimedOut | Panicked)
    }
}

/// The stage of a job at the moment when labels are made for it.
///
/// A field with `#[label(job = stage)]` in a label set is made from the stage, so that one counter
/// can count jobs at their start and at their end:
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
    /// The job was submitted.
    Created,
    /// The job runs.
    Started,
    /// The job ended.
    Ended(&'a JobEnd),
}
