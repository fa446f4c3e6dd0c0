use osapi_metrics_rules::InstrumentKind;

use super::{histogram::ClassicHistogram, source::Source, write::Samples};
use crate::core::{snapshot::Values, storage::Value};

/// Merges series with equal labels, from several metrics or from one.
///
/// The list is reused for each family, so that it keeps its capacity.
#[derive(Debug, Default)]
pub(super) struct Merge {
    /// The metric, and the prefix in it.
    series: Vec<(usize, usize)>,
}

impl Merge {
    /// Writes the series of all metrics, each label set once. Sums are added; of other values the
    /// last one stays.
    pub(super) fn write(&mut self, metrics: &[(&Source, &Values)], samples: &mut Samples<'_>) {
        self.series.clear();
        for (nth, (source, values)) in metrics.iter().enumerate() {
            let with_value = |&(position, _): &(usize, usize)| values.has(position);
            let prefixes =
                source.prefixes.iter().map(|(_, position)| position).zip(0..).filter(with_value);
            self.series.extend(prefixes.map(|(_, prefix)| (nth, prefix)));
        }
        let prefix = |(nth, prefix): (usize, usize)| {
            let (source, values) = metrics[nth];
            let (text, position) = source.prefixes.get(prefix);
            (source, values, text, position)
        };
        let labels = |series| {
            let (source, _, text, _) = prefix(series);
            source.prefixes.labels(text)
        };
        self.series.sort_unstable_by(|&a, &b| labels(a).cmp(labels(b)).then(a.cmp(&b)));

        for same in self.series.chunk_by(|&a, &b| labels(a) == labels(b)) {
            let (source, values, text, _) = prefix(same[0]);
            if let Values::Numbers(_) = values {
                let numbers = same.iter().filter_map(|&series| {
                    let (source, values, _, position) = prefix(series);
                    let Values::Numbers(numbers) = values else { return None };
                    Some((numbers[position]?, source.identity.kind))
                });
                if let Some((value, _)) = numbers.reduce(merged) {
                    samples.number(text, value);
                }
                continue;
            }
            let histograms = same.iter().filter_map(|&series| {
                let (_, values, _, position) = prefix(series);
                ClassicHistogram::of(values, position)
            });
            let merged = histograms.reduce(|mut merged, other| {
                merged.add(&other);
                merged
            });
            if let Some(merged) = merged {
                samples.histogram(&source.prefixes, text, &merged);
            }
        }
    }
}

/// The merged value of two values of one series, and its kind.
fn merged(
    kept: (Value, InstrumentKind),
    later: (Value, InstrumentKind),
) -> (Value, InstrumentKind) {
    if kept.1 == InstrumentKind::Gauge || later.1 == InstrumentKind::Gauge {
        (later.0, InstrumentKind::Gauge)
    } else {
        (kept.0.plus(later.0), kept.1)
    }
}
