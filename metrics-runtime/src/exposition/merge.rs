use osapi_metrics_rules::InstrumentKind;

use super::{
    histogram::MergedHistogram,
    source::{Source, Values},
    write::Samples,
};
use crate::core::storage::Value;

/// Series of several sources, or several series of one, of which those with equal labels are one series.
///
/// The list is kept from one family to the next, so that there is room in it.
#[derive(Debug, Default)]
pub(super) struct Merge {
    /// The source, and the line in it.
    series: Vec<(usize, usize)>,
}

impl Merge {
    /// Writes the series of all sources, each label set once: sums are added, of other values the later one stays.
    pub(super) fn write(&mut self, sources: &[&Source], samples: &mut Samples<'_>) {
        self.series.clear();
        for (nth, source) in sources.iter().enumerate() {
            let with_value = |&(place, _): &(usize, usize)| source.values.has(place);
            let lines = source.lines.iter().map(|(_, place)| place).zip(0..).filter(with_value);
            self.series.extend(lines.map(|(_, line)| (nth, line)));
        }
        let line = |(nth, line): (usize, usize)| {
            let source = sources[nth];
            let (text, place) = source.lines.get(line);
            (source, text, place)
        };
        let labels = |series| {
            let (source, text, _) = line(series);
            source.lines.labels(text)
        };
        self.series.sort_unstable_by(|&a, &b| labels(a).cmp(labels(b)).then(a.cmp(&b)));

        for same in self.series.chunk_by(|&a, &b| labels(a) == labels(b)) {
            let (source, text, place) = line(same[0]);
            match &source.values {
                Values::Numbers(_) => {
                    let numbers = same.iter().filter_map(|&series| {
                        let (source, _, place) = line(series);
                        Some((source.number(place)?, source.metadata.kind))
                    });
                    if let Some((value, _)) = numbers.reduce(merged) {
                        samples.number(text, value);
                    }
                }
                Values::Histograms(histograms) => {
                    let Some(first) = histograms.get(place) else { continue };
                    if same.len() == 1 {
                        samples.histogram(&source.lines, text, first);
                        continue;
                    }
                    let mut merged = MergedHistogram::new(first);
                    for &series in &same[1..] {
                        let (source, _, place) = line(series);
                        if let Values::Histograms(histograms) = &source.values
                            && let Some(histogram) = histograms.get(place)
                        {
                            merged.add(histogram);
                        }
                    }
                    samples.histogram(&source.lines, text, merged.as_histogram());
                }
            }
        }
    }
}

/// Two values of one series, and the kind of what they are together.
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
