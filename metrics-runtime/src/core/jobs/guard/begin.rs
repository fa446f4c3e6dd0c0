use std::num::NonZeroU32;

use super::{
    JobGuard, JobMetricSet,
    set::{ActiveJob, GuardState},
};
use crate::core::{
    jobs::{
        active::ActiveJobEntry,
        events::JobEvent,
        start::{JobContext, Start},
    },
    sync::Moment,
};

/// Starts a job.
#[doc(hidden)]
#[inline]
pub fn begin<S: JobMetricSet>(
    context: JobContext<S::Cache>,
    start: Start<S::Labels>,
) -> JobGuard<S> {
    let Start { labels: Some(labels), waited, attempt, final_attempt, .. } = start else {
        return JobGuard::off();
    };
    let set = S::global();
    let cache = context.series_cache();
    set.on_started(&labels, &JobEvent::Started, cache);
    if attempt.is_some_and(|attempt| attempt > NonZeroU32::MIN) {
        set.on_retried(&labels, &JobEvent::Retried, cache);
    }
    if let Some(wait) = waited {
        set.on_waited(&labels, &JobEvent::Waited(wait), cache);
    }
    let series = set.mark_active(&labels, cache);
    let started = Moment::now();
    let oldest = set.oldest_active(&labels, cache);
    let entry = oldest.and_then(|series| ActiveJobEntry::new(series.id(), started));
    let job = ActiveJob {
        set,
        labels,
        context,
        started,
        series,
        entry,
        attempt,
        final_attempt,
        ended: false,
        unwinding: false,
    };
    JobGuard { state: GuardState::Active(job) }
}
