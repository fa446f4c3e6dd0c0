use osapi_metrics_rules::InstrumentKind;

use super::{
    format::Format,
    histogram::{Histogram, write_boundary},
    number::write_u64,
    series_prefixes::SeriesPrefixes,
    source::{SampleSource, Values},
};
use crate::core::storage::Value;

/// The samples of one family.
pub(super) struct Samples<'a> {
    pub(super) out: &'a mut String,
    pub(super) format: Format,
    pub(super) family: &'a str,
    pub(super) kind: InstrumentKind,
}

impl Samples<'_> {
    /// Writes every series of a source that has a value.
    pub(super) fn source(&mut self, source: &SampleSource) {
        let SampleSource { prefixes, values, .. } = source;
        match values {
            Values::Numbers(numbers) => {
                for (prefix, position) in prefixes.iter() {
                    if let Some(value) = numbers[position] {
                        self.number(prefix, value);
                    }
                }
            }
            Values::Histograms(histograms) => {
                for (prefix, position) in prefixes.iter() {
                    if let Some(histogram) = histograms.get(position) {
                        self.histogram(prefixes, prefix, histogram);
                    }
                }
            }
        }
    }

    /// Writes one sample.
    pub(super) fn number(&mut self, prefix: &str, value: Value) {
        if self.kind == InstrumentKind::Counter && !self.allows_sum(value) {
            return;
        }
        self.out.push_str(prefix);
        value.write(self.out);
        self.out.push('\n');
    }

    /// Writes the buckets from low to high, then the sum and the count. `OpenMetrics` forbids the
    /// sum where values can be negative, and allows the count only beside the sum; the `+Inf`
    /// bucket has the same value.
    pub(super) fn histogram(
        &mut self,
        prefixes: &SeriesPrefixes,
        prefix: &str,
        histogram: Histogram<'_>,
    ) {
        let Histogram { buckets, boundaries, count, sum } = histogram;
        match boundaries {
            Some(boundaries) => {
                for (boundary, &(_, count)) in boundaries.iter().zip(buckets) {
                    self.out.push_str(prefix);
                    self.out.push_str(boundary);
                    self.integer(count);
                }
            }
            None => {
                for &(bound, count) in buckets {
                    self.out.push_str(prefix);
                    write_boundary(self.out, bound);
                    self.integer(count);
                }
            }
        }
        self.out.push_str(prefix);
        self.out.push_str("le=\"+Inf\"} ");
        self.integer(count);
        let has_negative = buckets.first().is_some_and(|&(bound, _)| bound < 0.0);
        if !self.allows_sum(sum) || (has_negative && self.format == Format::OpenMetrics) {
            return;
        }
        let labels = prefixes.labels(prefix);
        self.name("_sum", labels);
        sum.write(self.out);
        self.out.push('\n');
        self.name("_count", labels);
        self.integer(count);
    }

    fn allows_sum(&self, value: Value) -> bool {
        self.format == Format::Text || value.is_counter_like()
    }

    fn name(&mut self, suffix: &str, labels: &str) {
        self.out.push_str(self.family);
        self.out.push_str(suffix);
        if !labels.is_empty() {
            self.out.push('{');
            self.out.push_str(labels);
            self.out.push('}');
        }
        self.out.push(' ');
    }

    fn integer(&mut self, value: u64) {
        write_u64(self.out, value);
        self.out.push('\n');
    }
}
