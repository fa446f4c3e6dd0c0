use super::{histogram::HistogramSeries, values::HistogramValue};
use crate::core::sync::{Moment, enabled};

/// Records, when it is dropped, how long it lived. Made by
/// [`Histogram::start_timer`](super::Histogram::start_timer).
#[derive(Debug)]
#[must_use = "a timer records as soon as it is dropped"]
pub struct Timer<V: HistogramValue = f64> {
    series: HistogramSeries<V>,
    /// Absent if recording was off at the start, and once the timer is discarded.
    started: Option<Moment>,
}

impl<V: HistogramValue> Timer<V> {
    pub(super) fn start(series: HistogramSeries<V>) -> Self {
        Self { series, started: enabled().then(Moment::now) }
    }

    /// Ends the timer and records.
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
