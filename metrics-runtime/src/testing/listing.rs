//! The text of a capture, for the reader of a failed test.

use std::{fmt, sync::Arc};

use super::{Captured, CapturedValue};
use crate::core::{
    descriptor::MetricDescriptor,
    instruments::RegisteredInstrument,
    snapshot::{Distribution, Values},
    storage::SeriesLabels,
};

/// The text has every metric that was recorded, with a line for each series that is not 0.
impl fmt::Display for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = self.sets.used();
        let mut instruments: Vec<_> = used.iter().flat_map(|set| set.instruments).collect();
        instruments.retain(|instrument| instrument.was_recorded());
        instruments.sort_by_key(|instrument| instrument.descriptor().prometheus_name());
        if instruments.is_empty() {
            return f.write_str("nothing was recorded\n");
        }
        for instrument in instruments {
            f.write_str(&self.lines(*instrument))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Captured {
    fn lines(&self, instrument: &'static dyn RegisteredInstrument) -> String {
        let of = instrument.descriptor();
        let name = of.prometheus_name();
        let (series, values) = self.read(instrument);
        let line = |(position, series): (usize, &Arc<SeriesLabels>)| match &values {
            Values::Numbers(numbers) => {
                let value = CapturedValue::from(numbers[position]?);
                (value != 0).then(|| written(name, of, series, value))
            }
            Values::Distributions(distributions) => {
                let Distribution { count, sum, .. } = distributions.get(position)?;
                let sum = CapturedValue::from(sum);
                Some(written(name, of, series, format_args!("{count} with the sum {sum}")))
            }
            Values::Exponential(_) => None,
        };
        let lines: String = series.iter().enumerate().filter_map(line).collect();
        // Values were recorded, and their sum is 0 again.
        if lines.is_empty() { format!("{name} 0\n") } else { lines }
    }
}

/// The line of a series of a metric.
pub(super) fn written(
    name: &str,
    of: &MetricDescriptor,
    labels: &SeriesLabels,
    value: impl fmt::Display,
) -> String {
    let mut labels: Vec<_> = if labels.is_overflow() {
        vec!["otel_metric_overflow=\"true\"".to_owned()]
    } else {
        labels.iter().map(|(key, value)| format!("{key}={:?}", value.to_string())).collect()
    };
    let constants = of.constant_labels.iter();
    labels.extend(constants.map(|label| format!("{}={:?}", label.key, label.value)));
    let labels = labels.join(", ");
    if labels.is_empty() {
        format!("{name} {value}\n")
    } else {
        format!("{name}{{{labels}}} {value}\n")
    }
}
