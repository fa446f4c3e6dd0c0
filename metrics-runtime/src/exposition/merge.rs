use osapi_metrics_rules::InstrumentKind;

use super::{histogram::ClassicHistogram, source::Source, write::FamilyWriter};
use crate::core::{snapshot::Values, storage::Value};

/// Merges series with equal labels, from several metrics or from one.
///
/// The lists are reused for each family, so that they keep their capacity.
#[derive(Debug, Default)]
pub(super) struct Merge {
    /// The metric, and the prefix in it.
    series: Vec<(usize, usize)>,
    merged: ClassicHistogram,
    other: ClassicHistogram,
}

impl Merge {
    /// Writes the series of all metrics, each label set once. Sums are added; of other values the
    /// last one stays.
    pub(super) fn write(&mut self, metrics: &[(&Source, &Values)], writer: &mut impl FamilyWriter) {
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
            let (source, values, ..) = prefix(same[0]);
            let series = (source, same[0].1);
            // The sum has grown since the first of them began.
            let starts = same.iter().map(|&series| {
                let (source, _, _, position) = prefix(series);
                source.start(position)
            });
            let start = starts.min().unwrap_or_default();
            if let Values::Numbers(_) = values {
                let numbers = same.iter().filter_map(|&series| {
                    let (source, values, _, position) = prefix(series);
                    let Values::Numbers(numbers) = values else { return None };
                    Some((numbers[position]?, source.identity.kind))
                });
                if let Some((value, _)) = numbers.reduce(merged) {
                    writer.merged_number(series, value, start);
                }
                continue;
            }
            let mut is_first = true;
            for &series in same {
                let (_, values, _, position) = prefix(series);
                if is_first {
                    is_first = !self.merged.read(values, position);
                } else if self.other.read(values, position) {
                    self.merged.add(&self.other);
                }
            }
            if !is_first {
                let parts = same.iter().map(|&series| {
                    let (_, values, _, position) = prefix(series);
                    values.scraped_exponential(position)
                });
                writer.merged_histogram(series, &self.merged, parts, start);
            }
        }
    }
}

/// The merged value of two values of one series, and its kind.
fn merged(
    kept: (Value, InstrumentKind),
    later: (Value, InstrumentKind),
) -> (Value, InstrumentKind) {
    use InstrumentKind::{Gauge, Info, StateSet};

    if matches!((kept.1, later.1), (Gauge, _) | (_, Gauge)) {
        (later.0, Gauge)
    } else if matches!(later.1, Info | StateSet) {
        later
    } else {
        (kept.0.plus(later.0), kept.1)
    }
}
