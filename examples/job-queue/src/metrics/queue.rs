use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use osapi_metrics::{Counter, MetricSet, instruments::Observation};

use super::application::ApplicationMetrics;
use crate::queue::{QueueStats, Sweep};

/// What sweeps of the queue have done. Several processes may sweep; the sum of their counters is
/// right.
///
/// | metric | meaning |
/// |---|---|
/// | `jobs_recovered_total` | jobs of dead workers that were queued again |
/// | `jobs_abandoned_total` | jobs that have failed because too many workers died while they had them |
/// | `jobs_unworkable_total` | jobs that no worker could run |
/// | `jobs_unreadable_total` | jobs and keys of the queue that cannot be read, and were put aside |
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "")]
pub struct QueueMetrics {
    /// Jobs of dead workers that were queued again.
    #[metric(name = "jobs_recovered_total", unit = "{job}")]
    recovered: Counter,
    /// Jobs that have failed because too many workers died while they had them.
    #[metric(name = "jobs_abandoned_total", unit = "{job}")]
    abandoned: Counter,
    /// Jobs that no worker could run.
    #[metric(name = "jobs_unworkable_total", unit = "{job}")]
    unworkable: Counter,
    /// Jobs and keys of the queue that cannot be read, and were put aside.
    #[metric(name = "jobs_unreadable_total", unit = "{job}")]
    unreadable: Counter,
}

impl QueueMetrics {
    /// Counts what a sweep has done.
    pub fn swept(&self, sweep: &Sweep) {
        self.recovered.add(sweep.recovered);
        self.abandoned.add(sweep.failed);
        self.unworkable.add(sweep.unworkable);
        self.unreadable.add(sweep.unreadable);
    }
}

/// The counts of a queue that were read last: what `queue_size` and `workers_available` show.
/// Clones share them.
///
/// Reading a queue can take a while, so that it is read between the collections.
#[derive(Clone, Debug, Default)]
pub struct QueueLevels(Arc<Mutex<Option<QueueStats>>>);

impl QueueLevels {
    /// Shows these counts from now on. `None`, if the queue cannot be read, shows nothing.
    pub fn set(&self, stats: Option<QueueStats>) {
        *self.lock() = stats;
    }

    /// Observes the levels until the returned values are dropped.
    pub fn observe(&self) -> [Observation; 2] {
        let metrics = ApplicationMetrics::global();
        let (size, workers) = (self.clone(), self.clone());
        [
            metrics.queue_size.observe(move || size.lock().map(|stats| stats.queued)),
            metrics
                .workers_available
                .observe(move || workers.lock().map(|stats| stats.available_workers)),
        ]
    }

    fn lock(&self) -> MutexGuard<'_, Option<QueueStats>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics::testing;

    use super::*;

    #[test]
    fn levels_are_absent_while_the_queue_cannot_be_read() {
        let captured = testing::capture_thread();
        let levels = QueueLevels::default();
        let _observations = levels.observe();
        assert_eq!(captured.gauge("queue_size", &[]), None);
        let stats = QueueStats { queued: 7, available_workers: 2, ..QueueStats::default() };
        levels.set(Some(stats));
        assert_eq!(captured.gauge("queue_size", &[]).unwrap(), 7);
        assert_eq!(captured.gauge("workers_available", &[]).unwrap(), 2);
        levels.set(None);
        assert_eq!(captured.gauge("workers_available", &[]), None);
    }

    #[test]
    fn a_sweep_is_counted() {
        let captured = testing::capture_thread();
        let sweep = Sweep { recovered: 3, failed: 2, unworkable: 1, retried: 9, unreadable: 4 };
        QueueMetrics::global().swept(&sweep);
        QueueMetrics::global().swept(&sweep);
        assert_eq!(captured.counter("jobs_recovered_total", &[]), 6);
        assert_eq!(captured.counter("jobs_abandoned_total", &[]), 4);
        assert_eq!(captured.counter("jobs_unworkable_total", &[]), 2);
        assert_eq!(captured.counter("jobs_unreadable_total", &[]), 8);
    }
}
