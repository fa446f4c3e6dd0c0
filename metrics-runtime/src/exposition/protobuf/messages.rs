use osapi_metrics_rules::InstrumentKind;

use super::{
    exemplar::write_exemplar, field, label_pairs::LabelPairs, native::Native, sum::sum,
    timestamp::write_timestamp,
};
use crate::{
    core::{
        snapshot::{Distribution, Exemplars, ExponentialDistribution, Resource, Values},
        storage::{Exemplar, Value},
        sync::Timestamp,
    },
    exposition::{
        exemplar::exposed,
        family::Family,
        histogram::ClassicHistogram,
        labels::Labels,
        metadata::{TARGET_HELP, TARGET_INFO},
        source::Source,
        write::FamilyWriter,
    },
};

/// The numbers of the fields, by message. A counter and a gauge have the same `VALUE`.
mod number {
    pub(super) mod family {
        pub(crate) const NAME: u64 = 1;
        pub(crate) const HELP: u64 = 2;
        pub(crate) const TYPE: u64 = 3;
        pub(crate) const METRIC: u64 = 4;
        pub(crate) const UNIT: u64 = 5;
    }
    pub(super) mod metric {
        pub(crate) const GAUGE: u64 = 2;
        pub(crate) const COUNTER: u64 = 3;
        pub(crate) const HISTOGRAM: u64 = 7;
    }
    pub(super) const VALUE: u64 = 1;
    pub(super) mod counter {
        pub(crate) const EXEMPLAR: u64 = 2;
        pub(crate) const START: u64 = 3;
    }
    pub(super) mod histogram {
        pub(crate) const COUNT: u64 = 1;
        pub(crate) const SUM: u64 = 2;
        pub(crate) const BUCKET: u64 = 3;
        pub(crate) const START: u64 = 15;
        pub(crate) const EXEMPLARS: u64 = 16;
    }
    pub(super) mod bucket {
        pub(crate) const CUMULATIVE_COUNT: u64 = 1;
        pub(crate) const UPPER_BOUND: u64 = 2;
        pub(crate) const EXEMPLAR: u64 = 3;
    }
}

/// Memory that messages are encoded in before their length is known. It is kept for the next
/// scrape.
#[derive(Debug, Default)]
pub(in crate::exposition) struct Scratch {
    family: Vec<u8>,
    value: Vec<u8>,
    part: Vec<u8>,
    classic: ClassicHistogram,
    native: Native,
}

/// The message of one family.
pub(in crate::exposition) struct Messages<'a> {
    scratch: &'a mut Scratch,
    name: &'a str,
    kind: InstrumentKind,
}

impl<'a> Messages<'a> {
    /// Begins the message of a family.
    pub(in crate::exposition) fn of<R>(family: &'a Family<R>, scratch: &'a mut Scratch) -> Self {
        let Family { name, kind, unit, help, .. } = family;
        let out = &mut scratch.family;
        begin_family(out, [name, kind.suffix()], *kind, help);
        if !unit.is_empty() {
            field::bytes(out, number::family::UNIT, unit.as_bytes());
        }
        Self { scratch, name, kind: *kind }
    }

    /// Ends the message and adds it to a scrape.
    pub(in crate::exposition) fn end(self, out: &mut Vec<u8>) {
        end_family(&self.scratch.family, out);
    }

    /// Adds the message of a counter or a gauge.
    fn number(
        &mut self,
        labels: &[u8],
        value: Value,
        exemplar: Option<&Exemplar>,
        start: Timestamp,
    ) {
        let Scratch { family, value: out, part, .. } = &mut *self.scratch;
        out.clear();
        field::double(out, number::VALUE, value.to_f64());
        let kind = if self.kind == InstrumentKind::Counter {
            if let Some(exemplar) = exemplar {
                write_exemplar(out, number::counter::EXEMPLAR, exemplar);
            }
            write_timestamp(out, number::counter::START, start, part);
            number::metric::COUNTER
        } else {
            number::metric::GAUGE
        };
        write_metric(family, labels, kind, out);
    }

    /// Begins the message of a histogram.
    fn begin_histogram(&mut self, count: u64, sum: Value) {
        let out = &mut self.scratch.value;
        out.clear();
        field::unsigned(out, number::histogram::COUNT, count);
        field::double(out, number::histogram::SUM, sum.to_f64());
    }

    /// Adds the message of the histogram that has begun.
    fn end_histogram(&mut self, labels: &[u8], start: Timestamp) {
        let Scratch { family, value: out, part, .. } = &mut *self.scratch;
        write_timestamp(out, number::histogram::START, start, part);
        write_metric(family, labels, number::metric::HISTOGRAM, out);
    }

    /// Adds a histogram, also with native buckets.
    fn histogram(
        &mut self,
        labels: &[u8],
        classic: &ClassicHistogram,
        native: Option<&ExponentialDistribution>,
        start: Timestamp,
    ) {
        self.begin_histogram(classic.count, classic.sum);
        let Scratch { value: out, part, native: buckets, .. } = &mut *self.scratch;
        for (bound, cumulative) in &classic.buckets {
            write_bucket(out, *bound, *cumulative, None);
        }
        if let Some(native) = native {
            buckets.write(self.name, native, out, part);
        }
        self.end_histogram(labels, start);
    }
}

impl FamilyWriter for Messages<'_> {
    fn has_exemplars(&self) -> bool {
        true
    }

    fn source(&mut self, source: &Source, values: &Values, exemplars: &Exemplars) {
        let pairs = source.label_pairs();
        let with_value = |&(_, position): &(usize, usize)| values.has(position);
        let series = source.prefixes.positions().enumerate().filter(with_value);
        match values {
            Values::Numbers(numbers) => {
                for (nth, position) in series {
                    let Some(value) = numbers[position] else { continue };
                    let exemplar = exposed(exemplars, position).next();
                    self.number(pairs.get(nth), value, exemplar, source.start(position));
                }
            }
            Values::Distributions(distributions) => {
                for (nth, position) in series {
                    let Some(distribution) = distributions.get(position) else { continue };
                    self.begin_histogram(distribution.count, distribution.sum);
                    let Scratch { value: out, part, native, .. } = &mut *self.scratch;
                    write_buckets(out, distribution, exposed(exemplars, position));
                    if let Some(buckets) = distributions.scraped_native(position) {
                        native.write(self.name, buckets, out, part);
                        for exemplar in exposed(exemplars, position) {
                            write_exemplar(out, number::histogram::EXEMPLARS, exemplar);
                        }
                    }
                    self.end_histogram(pairs.get(nth), source.start(position));
                }
            }
            Values::Exponential(distributions) => {
                let mut classic = std::mem::take(&mut self.scratch.classic);
                for (nth, position) in series {
                    if classic.read(values, position) {
                        let native = distributions[position].as_ref();
                        self.histogram(pairs.get(nth), &classic, native, source.start(position));
                    }
                }
                self.scratch.classic = classic;
            }
        }
    }

    fn merged_number(&mut self, (source, nth): (&Source, usize), value: Value, start: Timestamp) {
        self.number(source.label_pairs().get(nth), value, None, start);
    }

    fn merged_histogram<'a>(
        &mut self,
        (source, nth): (&Source, usize),
        classic: &ClassicHistogram,
        parts: impl Iterator<Item = Option<&'a ExponentialDistribution>>,
        start: Timestamp,
    ) {
        let native = sum(parts);
        self.histogram(source.label_pairs().get(nth), classic, native.as_ref(), start);
    }
}

/// The family of the resource's attributes; empty without attributes.
pub(in crate::exposition) fn target_info(resource: &Resource, out: &mut Vec<u8>) {
    let labels = Labels::of_resource(resource);
    if labels.as_str().is_empty() {
        return;
    }
    let (mut family, mut value) = (Vec::new(), Vec::new());
    begin_family(&mut family, [TARGET_INFO, ""], InstrumentKind::Gauge, TARGET_HELP);
    field::double(&mut value, number::VALUE, 1.0);
    let pairs = LabelPairs::new([labels.as_str()].into_iter());
    write_metric(&mut family, pairs.get(0), number::metric::GAUGE, &value);
    end_family(&family, out);
}

fn begin_family(out: &mut Vec<u8>, name: [&str; 2], kind: InstrumentKind, help: &str) {
    out.clear();
    field::length(out, number::family::NAME, name.iter().map(|part| part.len()).sum());
    for part in name {
        out.extend_from_slice(part.as_bytes());
    }
    if !help.is_empty() {
        field::bytes(out, number::family::HELP, help.as_bytes());
    }
    let metric_type = match kind {
        InstrumentKind::Counter => 0,
        InstrumentKind::UpDownCounter
        | InstrumentKind::Gauge
        | InstrumentKind::Info
        | InstrumentKind::StateSet => 1,
        InstrumentKind::Histogram => 4,
    };
    field::unsigned(out, number::family::TYPE, metric_type);
}

/// Each family of a scrape comes after its length.
fn end_family(family: &[u8], out: &mut Vec<u8>) {
    field::varint(out, family.len() as u64);
    out.extend_from_slice(family);
}

/// `Metric`, with its value as the field of this number.
fn write_metric(family: &mut Vec<u8>, labels: &[u8], number: u64, value: &[u8]) {
    // The number of the field is below 16, so that its tag is one byte.
    let length = labels.len() + 1 + field::varint_length(value.len() as u64) + value.len();
    field::length(family, number::family::METRIC, length);
    family.extend_from_slice(labels);
    field::bytes(family, number, value);
}

/// Writes the buckets of a distribution. The exemplars are in the order of their values; only the
/// last bucket is left out without one.
fn write_buckets<'a>(
    out: &mut Vec<u8>,
    distribution: Distribution<'_>,
    exemplars: impl Iterator<Item = &'a Exemplar>,
) {
    let mut exemplars = exemplars.peekable();
    let mut cumulative = 0;
    for (bound, count) in distribution.boundaries.iter().zip(distribution.buckets) {
        cumulative += count;
        let exemplar = exemplars.next_if(|exemplar| exemplar.value.to_f64() <= *bound);
        write_bucket(out, *bound, cumulative, exemplar);
    }
    if let Some(exemplar) = exemplars.next() {
        write_bucket(out, f64::INFINITY, distribution.count, Some(exemplar));
    }
}

fn write_bucket(out: &mut Vec<u8>, bound: f64, cumulative: u64, exemplar: Option<&Exemplar>) {
    let mut of_exemplar = Vec::new();
    if let Some(exemplar) = exemplar {
        write_exemplar(&mut of_exemplar, number::bucket::EXEMPLAR, exemplar);
    }
    // Two tags of a byte, and eight bytes of the boundary.
    let length = 1 + field::varint_length(cumulative) + 1 + 8 + of_exemplar.len();
    field::length(out, number::histogram::BUCKET, length);
    field::unsigned(out, number::bucket::CUMULATIVE_COUNT, cumulative);
    field::double(out, number::bucket::UPPER_BOUND, bound);
    out.extend_from_slice(&of_exemplar);
}
