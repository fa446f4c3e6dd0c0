use osapi_metrics_rules::InstrumentKind;

use super::{
    histogram::MergedHistogram,
    source::{SampleSource, Values},
    write::Samples,
};
use crate::core::storage::Value;

/// Merges series with equal labels, from several sources or from one.
///
/// The list is reused for each family, so that it keeps its capacity.
#[derive(Debug, Default)]
pub(super) struct Merge {
    /// The source, and the prefix in it.
    series: Vec<(usize, usize)>,
}

impl Merge {
    /// Writes the series of all sources, each label set once. Sums are added; of other values the
    /// last one stays.
    pub(super) fn write(&mut self, sources: &[&SampleSource], samples: &mut Samples<'_>) {
        self.series.clear();
        for (nth, source) in sources.iter().enumerate() {
            let with_value = |&(position, _): &(usize, usize)| source.values.has(position);
            let prefixes =
                source.prefixes.iter().map(|(_, position)| position).zip(0..).filter(with_value);
            self.series.extend(prefixes.map(|(_, prefix)| (nth, prefix)));
        }
        let prefix = |(nth, prefix): (usize, usize)| {
            let source = sources[nth];
            let (text, position) = source.prefixes.get(prefix);
            (source, text, position)
        };
        let labels = |series| {
            let (source, text, _) = prefix(series);
            source.prefixes.labels(text)
        };
        self.series.sort_unstable_by(|&a, &b| labels(a).cmp(labels(b)).then(a.cmp(&b)));

        for same in self.series.chunk_by(|&a, &b| labels(a) == labels(b)) {
            let (source, text, position) = prefix(same[0]);
            match &source.values {
                Values::Numbers(_) => {
                    let numbers = same.iter().filter_map(|&series| {
                        let (source, _, position) = prefix(series);
                        Some((source.number(position)?, source.metadata.kind))
                    });
                    if let Some((value, _)) = numbers.reduce(merged) {
                        samples.number(text, value);
                    }
                }
                Values::Histograms(histograms) => {
                    let Some(first) = histograms.get(position) else { continue };
                    if same.len() == 1 {
                        samples.histogram(&source.prefixes, text, first);
                        continue;
                    }
                    let mut merged = MergedHistogram::new(first);
                    for &series in &same[1..] {
                        let (source, _, position) = prefix(series);
                        if let Values::Histograms(histograms) = &source.values
                            && let Some(histogram) = histograms.get(position)
                        {
                            merged.add(histogram);
                        }
                    }
                    samples.histogram(&source.prefixes, text, merged.as_histogram());
                }
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
