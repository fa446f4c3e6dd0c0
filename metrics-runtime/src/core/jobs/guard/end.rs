use std::mem;

use super::{
    objective::judge,
    set::{ActiveJob, JobMetricSet},
};
use crate::core::{
    jobs::{
        events::JobEvent,
        outcome::{JobReport, JobStatus},
    },
    sync::{Moment, enabled},
};

/// Records the end of a job, unless it has ended before.
#[doc(hidden)]
#[inline]
pub fn end<S: JobMetricSet>(job: &mut ActiveJob<S>, report: &mut JobReport) {
    // Whatever happens from here on, the job has no second end.
    if mem::replace(&mut job.ended, true) {
        return;
    }
    let JobReport { end, output_size } = report;
    let now = Moment::now();
    end.duration = now.since(job.started);
    end.attempt = job.attempt;
    end.final_attempt = job.final_attempt;
    job.entry = None;
    S::mark_inactive(&job.series);
    if !enabled() {
        return;
    }
    let (set, cache) = (job.set, job.context.series_cache());
    // First, so that the series has the boundaries of the handler when the duration is recorded,
    // and so that most jobs ask once.
    if let Some(handler) = job.context.handler {
        if let Some(boundaries) = handler.buckets {
            set.on_ended(&job.labels, &JobEvent::Ending(end, boundaries), cache);
        }
        if let Some(slo) = &handler.slo
            && let Some(good) = judge(slo, end)
        {
            set.on_judged(&job.labels, &JobEvent::Judged { good, slo }, cache);
        }
    }
    set.on_ended(&job.labels, &JobEvent::Ended(end), cache);
    if end.status == JobStatus::Completed && job.context.should_record_success(now) {
        set.on_succeeded(&job.labels, &JobEvent::Succeeded(now), cache);
    }
    if let Some(bytes) = output_size {
        set.on_output(&job.labels, &JobEvent::Output(*bytes), cache);
    }
}
