use std::time::Duration;

use super::HistogramSeries;
use crate::recording::{HistogramValue, Moment, enabled};

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

/// The duration as a number of `unit`; `None` if that is no unit of time.
pub(super) fn in_unit(duration: Duration, unit: Option<&str>) -> Option<f64> {
    let seconds = duration.as_secs_f64();
    Some(match unit? {
        "s" => seconds,
        "ms" => seconds * 1e3,
        "us" => seconds * 1e6,
        "ns" => seconds * 1e9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_follow_the_unit() {
        let duration = Duration::from_micros(1_500);
        for (unit, value) in [("s", 0.0015), ("ms", 1.5), ("us", 1_500.0), ("ns", 1_500_000.0)] {
            assert_eq!(in_unit(duration, Some(unit)), Some(value), "{unit}");
        }
        assert_eq!(in_unit(duration, Some("By")), None);
        assert_eq!(in_unit(duration, None), None);
    }
}
