use std::future::Future;

use super::{
    histogram::{Histogram, HistogramSeries},
    values::HistogramValue,
};
use crate::core::sync::{Moment, enabled};

/// Records the time from its start to its drop in a histogram. Made by
/// [`Histogram::start_timer`](crate::Histogram::start_timer).
///
/// ```
/// # use osapi_metrics::{Histogram, MetricSet};
/// # /// Imports.
/// # #[derive(MetricSet)] struct Imports {
/// #     /// Time to import a file.
/// #     #[metric(unit = "s")]
/// #     file_import_seconds: Histogram,
/// # }
/// let timer = Imports::global().file_import_seconds.start_timer();
/// match std::fs::read("rows.csv") {
///     Ok(_) => timer.stop(),
///     Err(_) => timer.discard(),
/// }
/// ```
#[derive(Debug)]
#[must_use = "a timer records as soon as it is dropped"]
pub struct Timer<V: HistogramValue = f64> {
    series: HistogramSeries<V>,
    /// Absent if recording was off at the start, or if the timer is discarded.
    started: Option<Moment>,
}

impl<V: HistogramValue> Histogram<(), V> {
    /// Starts a timer that records its duration, in the metric's unit, when it is dropped.
    pub fn start_timer(&self) -> Timer<V> {
        self.with(()).start_timer()
    }

    /// Runs `work` and records its duration, also when it panics.
    pub fn time<R>(&self, work: impl FnOnce() -> R) -> R {
        self.with(()).time(work)
    }

    /// Awaits `work` and records the time from its first poll until it completes or is dropped.
    pub async fn time_async<F: Future>(&self, work: F) -> F::Output {
        self.with(()).time_async(work).await
    }
}

impl<V: HistogramValue> HistogramSeries<V> {
    /// Starts a timer that records its duration, in the metric's unit, when it is dropped.
    pub fn start_timer(&self) -> Timer<V> {
        Timer { series: *self, started: enabled().then(Moment::now) }
    }

    /// Runs `work` and records its duration, also when it panics.
    pub fn time<R>(&self, work: impl FnOnce() -> R) -> R {
        let _timer = self.start_timer();
        work()
    }

    /// Awaits `work` and records the time from its first poll until it completes or is dropped.
    pub async fn time_async<F: Future>(&self, work: F) -> F::Output {
        let _timer = self.start_timer();
        work.await
    }
}

impl<V: HistogramValue> Timer<V> {
    /// Ends the timer and records the time.
    pub fn stop(self) {}

    /// Ends the timer without recording.
    pub fn discard(mut self) {
        self.started = None;
    }
}

impl<V: HistogramValue> Drop for Timer<V> {
    fn drop(&mut self) {
        if let Some(started) = self.started {
            self.series.record_duration(started.elapsed());
        }
    }
}
