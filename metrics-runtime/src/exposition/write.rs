use osapi_metrics_rules::InstrumentKind;

use super::{
    created::write_seconds,
    exemplar::{exposed, write_exemplar},
    format::Format,
    histogram::{Boundaries, ClassicHistogram, write_boundary},
    number::write_u64,
    series_prefixes::SeriesPrefixes,
    source::Source,
};
use crate::core::{
    snapshot::{Distribution, Exemplars, ExponentialDistribution, Values},
    storage::{Exemplar, Value},
    sync::Timestamp,
};

/// Writes the series of one family in a format.
pub(super) trait FamilyWriter {
    /// Whether the format has exemplars.
    fn has_exemplars(&self) -> bool;

    /// Writes every series of a metric that has a value.
    fn source(&mut self, source: &Source, values: &Values, exemplars: &Exemplars);

    /// Writes a series that several series with equal labels make up. `series` is the first of
    /// them, as the index of its prefix.
    fn merged_number(&mut self, series: (&Source, usize), value: Value, start: Timestamp);

    /// Writes a histogram that several series with equal labels make up. `parts` are those of
    /// their distributions that are exponential.
    fn merged_histogram<'a>(
        &mut self,
        series: (&Source, usize),
        histogram: &ClassicHistogram,
        parts: impl Iterator<Item = Option<&'a ExponentialDistribution>>,
        start: Timestamp,
    );
}

/// The samples of one family, as text.
pub(super) struct Samples<'a> {
    pub(super) out: &'a mut String,
    pub(super) format: Format,
    pub(super) family: &'a str,
    pub(super) kind: InstrumentKind,
    /// Whether the samples of a series end with the start of the series.
    pub(super) has_created: bool,
}

impl FamilyWriter for Samples<'_> {
    fn has_exemplars(&self) -> bool {
        self.format == Format::OpenMetrics
    }

    fn source(&mut self, source: &Source, values: &Values, exemplars: &Exemplars) {
        let Source { prefixes, boundaries, .. } = source;
        match values {
            Values::Numbers(numbers) => {
                for (prefix, position) in prefixes.iter() {
                    if let Some(value) = numbers[position]
                        && self.number(prefix, value, exposed(exemplars, position).next())
                    {
                        self.created(prefixes, prefix, source.start(position));
                    }
                }
            }
            Values::Distributions(distributions) => {
                for (prefix, position) in prefixes.iter() {
                    if let Some(distribution) = distributions.get(position) {
                        let boundaries = &boundaries[distribution.list];
                        let exemplars = exposed(exemplars, position);
                        self.distribution(prefixes, prefix, boundaries, distribution, exemplars);
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

    fn merged_number(&mut self, (source, nth): (&Source, usize), value: Value, start: Timestamp) {
        let (prefix, _) = source.prefixes.get(nth);
        if self.number(prefix, value, None) {
            self.created(&source.prefixes, prefix, start);
        }
    }

    fn merged_histogram<'a>(
        &mut self,
        (source, nth): (&Source, usize),
        histogram: &ClassicHistogram,
        _: impl Iterator<Item = Option<&'a ExponentialDistribution>>,
        start: Timestamp,
    ) {
        let (prefix, _) = source.prefixes.get(nth);
        self.histogram(&source.prefixes, prefix, histogram);
        self.created(&source.prefixes, prefix, start);
    }
}

impl Samples<'_> {
    /// Writes one sample. Returns whether the format allows it.
    fn number(&mut self, prefix: &str, value: Value, exemplar: Option<&Exemplar>) -> bool {
        if self.kind == InstrumentKind::Counter && !self.allows_sum(value) {
            return false;
        }
        self.out.push_str(prefix);
        value.write(self.out);
        self.end_of_sample(exemplar);
        true
    }

    /// Writes the buckets from low to high, then the sum and the count. The exemplars are in the
    /// order of their values.
    fn distribution<'a>(
        &mut self,
        prefixes: &SeriesPrefixes,
        prefix: &str,
        boundaries: &Boundaries,
        distribution: Distribution<'_>,
        exemplars: impl Iterator<Item = &'a Exemplar>,
    ) {
        let Distribution { count, sum, buckets, boundaries: upper, .. } = distribution;
        let mut exemplars = exemplars.peekable();
        let mut cumulative = 0;
        for ((boundary, bucket), upper) in boundaries.iter().zip(buckets).zip(&**upper) {
            cumulative += bucket;
            self.out.push_str(prefix);
            self.out.push_str(boundary);
            write_u64(self.out, cumulative);
            let exemplar = exemplars.next_if(|exemplar| exemplar.value.to_f64() <= *upper);
            self.end_of_sample(exemplar);
        }
        let totals = (count, sum, exemplars.next());
        self.end_of_histogram(prefixes, prefix, totals, boundaries.begin_below_0());
    }

    /// Ends a line, with an exemplar where the format has them.
    fn end_of_sample(&mut self, exemplar: Option<&Exemplar>) {
        if let Some(exemplar) = exemplar.filter(|_| self.has_exemplars()) {
            write_exemplar(self.out, exemplar);
        }
        self.out.push('\n');
    }

    /// [`distribution`](Self::distribution) with boundaries that are not rendered yet.
    fn histogram(&mut self, prefixes: &SeriesPrefixes, prefix: &str, histogram: &ClassicHistogram) {
        let ClassicHistogram { buckets, count, sum } = histogram;
        for &(bound, count) in buckets {
            self.out.push_str(prefix);
            write_boundary(self.out, bound);
            self.integer(count);
        }
        let has_negative = buckets.first().is_some_and(|&(bound, _)| bound < 0.0);
        self.end_of_histogram(prefixes, prefix, (*count, *sum, None), has_negative);
    }

    /// `OpenMetrics` forbids the sum where values can be negative, and allows the count only beside
    /// the sum; the `+Inf` bucket has the same value.
    fn end_of_histogram(
        &mut self,
        prefixes: &SeriesPrefixes,
        prefix: &str,
        (count, sum, exemplar): (u64, Value, Option<&Exemplar>),
        has_negative: bool,
    ) {
        self.out.push_str(prefix);
        self.out.push_str("le=\"+Inf\"} ");
        write_u64(self.out, count);
        self.end_of_sample(exemplar);
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
    fn created(&mut self, prefixes: &SeriesPrefixes, prefix: &str, start: Timestamp) {
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
