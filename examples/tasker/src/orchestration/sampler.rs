//! The gauges of tasks and steps, which are counted in the tables at an interval.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use osapi_metrics::instruments::Observation;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::OrchestrationParts;
use crate::{
    metrics::{Namespace, NamespaceLabels, OrchestrationMetrics, StateLabels},
    resilience::Use,
    store::{self, Counts},
    workflow::NAMESPACES,
};

/// Counts that are older than this many intervals are not shown: what cannot be counted is absent,
/// and not what it once was.
const OLDEST: u32 = 5;

/// The numbers of tasks and steps, as they were counted last.
#[derive(Clone, Debug)]
pub(super) struct SampledCounts {
    every: Duration,
    last: Arc<Mutex<Option<(Instant, Counts)>>>,
    observations: Arc<Mutex<Vec<Observation>>>,
}

impl SampledCounts {
    /// Shows the counts in the gauges until the last clone is dropped.
    pub(super) fn observe(every: Duration) -> Self {
        let counts = Self { every, last: Arc::default(), observations: Arc::default() };
        let metrics = OrchestrationMetrics::global();
        let weak = (every, Arc::downgrade(&counts.last));
        let of = move |(every, last): &(Duration, std::sync::Weak<Mutex<_>>)| {
            last.upgrade().and_then(|last| recent(*every, &last))
        };
        let (tasks, steps) = (weak.clone(), weak);
        let observations = vec![
            metrics.tasks_active.observe_each(move |observer| {
                for (state, count) in of(&tasks).iter().flat_map(|counts| &counts.tasks) {
                    observer.observe(&StateLabels { state: *state }, *count);
                }
            }),
            metrics.steps_ready.observe_each(move |observer| {
                let Some(counts) = of(&steps) else { return };
                for namespace in NAMESPACES {
                    let ready = counts.ready.iter().find(|(name, _)| name == namespace);
                    let labels = NamespaceLabels { namespace: Namespace::from(namespace) };
                    observer.observe(&labels, ready.map_or(0, |(_, count)| *count));
                }
            }),
        ];
        counts.observations.lock().unwrap_or_else(PoisonError::into_inner).extend(observations);
        counts
    }

    pub(super) async fn sample(self, parts: OrchestrationParts, stop: CancellationToken) {
        let mut ticks = interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let counting = store::counts(&parts.database);
            if let Ok(counts) = parts.breakers.call(Use::Count, counting).await {
                let sample = Some((Instant::now(), counts));
                *self.last.lock().unwrap_or_else(PoisonError::into_inner) = sample;
            }
        }
    }
}

fn recent(every: Duration, last: &Mutex<Option<(Instant, Counts)>>) -> Option<Counts> {
    let last = last.lock().unwrap_or_else(PoisonError::into_inner);
    let (at, counts) = last.as_ref()?;
    (at.elapsed() <= every * OLDEST).then(|| counts.clone())
}
