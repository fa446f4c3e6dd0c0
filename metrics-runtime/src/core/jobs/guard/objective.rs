use crate::core::{
    descriptor::Slo,
    jobs::outcome::{JobEnd, JobStatus},
};

/// Whether a job with this end met the objective. `None` if the job does not count: it was
/// cancelled within the latency, or it returned an error that is no failure after the latency.
pub(super) fn judge(objective: &Slo, end: &JobEnd) -> Option<bool> {
    let in_time = end.duration <= objective.latency;
    match end.status {
        JobStatus::Completed if in_time => Some(true),
        JobStatus::Cancelled if in_time => None,
        JobStatus::Completed | JobStatus::Cancelled => judge_late(end),
        _ => Some(false),
    }
}

/// Apart, so that the code for the end of a job stays short.
#[cold]
#[inline(never)]
fn judge_late(end: &JobEnd) -> Option<bool> {
    end.error_type.is_none().then_some(false)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_job_is_good_bad_or_neither() {
        let slo = Slo::new(Duration::from_secs(5), 0.99);
        let ended = |status, seconds| {
            let duration = Duration::from_secs(seconds);
            judge(&slo, &JobEnd { duration, ..JobEnd::of(status) })
        };
        assert_eq!(ended(JobStatus::Completed, 5), Some(true));
        assert_eq!(ended(JobStatus::Completed, 6), Some(false));
        assert_eq!(ended(JobStatus::Failed, 1), Some(false));
        assert_eq!(ended(JobStatus::TimedOut, 1), Some(false));
        assert_eq!(ended(JobStatus::Panicked, 1), Some(false));
        assert_eq!(ended(JobStatus::Cancelled, 1), None);
        assert_eq!(ended(JobStatus::Cancelled, 6), Some(false));
    }

    #[test]
    fn an_error_that_is_no_failure_is_never_bad() {
        let slo = Slo::new(Duration::from_secs(5), 0.99);
        let returned = |status, seconds| {
            let duration = Duration::from_secs(seconds);
            judge(&slo, &JobEnd { duration, ..JobEnd::of_error("snoozed".into(), status) })
        };
        assert_eq!(returned(JobStatus::Completed, 5), Some(true));
        assert_eq!(returned(JobStatus::Completed, 6), None);
        assert_eq!(returned(JobStatus::Cancelled, 5), None);
        assert_eq!(returned(JobStatus::Cancelled, 6), None);
        assert_eq!(returned(JobStatus::Failed, 5), Some(false));
        assert_eq!(returned(JobStatus::TimedOut, 6), Some(false));
    }
}
