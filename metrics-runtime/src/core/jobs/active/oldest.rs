use std::collections::HashMap;

use super::entry::PAGES;
use crate::core::{
    descriptor::LabelSet,
    instruments::ObservableGauge,
    storage::{ObservationSink, ObservedId},
    sync::{Moment, ReentrancyGuard},
};

/// Makes the gauge report the age of the oldest active job for each combination of labels. Without
/// an active job, the series is absent.
pub fn report_oldest<L: LabelSet + 'static>(gauge: &ObservableGauge<L>) {
    let report = |sink: &mut ObservationSink<f64>| {
        // The jobs of other sets have series that this gauge does not know.
        for (series, started) in oldest() {
            sink.observe_series(series, started.elapsed().as_secs_f64());
        }
    };
    gauge.observe_series(report).keep();
}

/// The start of the oldest active job of each series.
fn oldest() -> HashMap<ObservedId, Moment> {
    let _guard = ReentrancyGuard::enter();
    let mut oldest = HashMap::new();
    PAGES.each(|(series, started)| {
        let started = Moment::from_bits(started);
        let known = oldest.entry(series).or_insert(started);
        *known = started.min(*known);
    });
    oldest
}
