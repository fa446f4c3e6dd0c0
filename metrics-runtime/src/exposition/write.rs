use osapi_metrics_rules::InstrumentKind;

use super::{
    created::write_seconds,
    format::Format,
    histogram::{Boundaries, ClassicHistogram, write_boundary},
    number::write_u64,
    series_prefixes::SeriesPrefixes,
    source::Source,
};
use crate::core::{
    snapshot::{Distribution, Values},
    storage::Value,
    sync::Timestamp,
};

/// The samples of one family.
pub(super) struct Samples<'a> {
    pub(super) out: &'a mut String,
    pub(super) format: Format,
    pub(super) family: &'a str,
    pub(super) kind: InstrumentKind,
    /// Whether the samples of a series end with the start of the series.
    pub(super) has_created: bool,
}

impl Samples<'_> {
    /// Writes every series of a metric that has a value.
    pub(super) fn source(&mut self, source: &Source, values: &Values) {
        let Source { prefixes, boundaries, .. } = source;
        match values {
            Values::Numbers(numbers) => {
                for (prefix, position) in prefixes.iter() {
                    if let Some(value) = numbers[position]
                        && self.number(prefix, value)
                    {
                        self.created(prefixes, prefix, source.start(position));
                    }
                }
            }
            Values::Distributions(distributions) => {
                for (prefix, position) in prefixes.iter() {
                    if let Some(distribution) = distributions.get(position) {
                        let boundaries = &boundaries[distribution.list];
                        self.distribution(prefixes, prefix, boundaries, distribution);
                        self.created(prefixes, prefix, source.start(position));
                    }
                }
            }
            Values::Exponential(_) => {
                let mut histogram = ClassicHistogram::default();
                for (prefix, position) in prefixes.iter() {
                    if histogram.read(values, position) {
                        self.histogram(prefixes, prefix, &histogram);
                        self.created(prefixes, prefix, source.start(position));
                    }
                }
            }
        }
    }

    /// Writes one sample. Returns whether the format allows it.
    pub(super) fn number(&mut self, prefix: &str, value: Value) -> bool {
        if self.kind == InstrumentKind::Counter && !self.allows_sum(value) {
            return false;
        }
        self.out.push_str(prefix);
        value.write(self.out);
        self.out.push('\n');
        true
    }

    /// Writes the buckets from low to high, then the sum and the count.
    fn distribution(
        &mut self,
        prefixes: &SeriesPrefixes,
        prefix: &str,
        boundaries: &Boundaries,
        distribution: Distribution<'_>,
    ) {
        let Distribution { count, sum, buckets, .. } = distribution;
        let mut cumulative = 0;
        for (boundary, bucket) in boundaries.iter().zip(buckets) {
            cumulative += bucket;
            self.out.push_str(prefix);
            self.out.push_str(boundary);
            self.integer(cumulative);
        }
        self.end_of_histogram(prefixes, prefix, (count, sum), boundaries.begin_below_0());
    }

    /// [`distribution`](Self::distribution) with boundaries that are not rendered yet.
    pub(super) fn histogram(
        &mut self,
        prefixes: &SeriesPrefixes,
        prefix: &str,
        histogram: &ClassicHistogram,
    ) {
        let ClassicHistogram { buckets, count, sum } = histogram;
        for &(bound, count) in buckets {
            self.out.push_str(prefix);
            write_boundary(self.out, bound);
            self.integer(count);
        }
        let has_negative = buckets.first().is_some_and(|&(bound, _)| bound < 0.0);
        self.end_of_histogram(prefixes, prefix, (*count, *sum), has_negative);
    }

    /// `OpenMetrics` forbids the sum where values can be negative, and allows the count only beside
    /// the sum; the `+Inf` bucket has the same value.
    fn end_of_histogram(
        &mut self,
        prefixes: &SeriesPrefixes,
        prefix: &str,
        (count, sum): (u64, Value),
        has_negative: bool,
    ) {
        self.out.push_str(prefix);
        self.out.push_str("le=\"+Inf\"} ");
        self.integer(count);
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

    /// Writes the start of a series that has samples, except of a gauge, which has none.
    pub(super) fn created(&mut self, prefixes: &SeriesPrefixes, prefix: &str, start: Timestamp) {
        let is_known = start > Timestamp::default();
        let has_start = matches!(self.kind, InstrumentKind::Counter | InstrumentKind::Histogram);
        if !self.has_created || !is_known || !has_start {
            return;
        }
        self.name("_created", prefixes.labels(prefix));
        write_seconds(self.out, start);
        self.out.push('\n');
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
