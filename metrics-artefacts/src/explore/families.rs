//! What a process exposes, as families with the values of their series.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, btree_map::Entry},
};

use osapi_metrics_explorer::MetricKind;
use osapi_metrics_rules::UNITS;

use super::declared::Declared;
use crate::{
    catalogue::SampleKind,
    exposition::{
        Content, ExpositionError, FamilyType, Format, Labels, MAX_NAMES, MAX_SERIES, Reader, Sample,
    },
};

/// The label of a bucket.
const LE: &str = "le";
/// The label that says whose instrument a series is of.
const SCOPE: &str = "otel_scope_name";

/// The values of one metric.
#[derive(Debug, PartialEq)]
pub(super) struct Family {
    /// The name as the catalogue has it, or else that of the samples.
    pub(super) name: String,
    pub(super) kind: MetricKind,
    pub(super) unit: String,
    pub(super) scope: String,
    pub(super) series: BTreeMap<OwnedLabels, Value>,
}

/// The labels of a series, sorted by their names.
pub(super) type OwnedLabels = Vec<(String, String)>;

/// The value of a series.
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Distribution(Distribution),
}

/// The sum and the buckets of a histogram, as they are read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Distribution {
    sum: f64,
    count: Option<f64>,
    /// The upper boundaries with the samples at or below them.
    buckets: Vec<(f64, f64)>,
}

impl Distribution {
    pub(super) fn sum(&self) -> f64 {
        self.sum
    }

    /// The upper boundaries, without infinity.
    pub(super) fn boundaries(&self) -> impl Iterator<Item = f64> {
        self.buckets.iter().map(|(boundary, _)| *boundary).filter(|boundary| boundary.is_finite())
    }

    /// The samples in each bucket: one more than boundaries.
    pub(super) fn samples(&self) -> Vec<u64> {
        let finite = self.buckets.iter().filter(|(boundary, _)| boundary.is_finite());
        let mut below = 0;
        let mut samples = Vec::with_capacity(self.buckets.len() + 1);
        let last = self.count.or_else(|| self.buckets.last().map(|(_, samples)| *samples));
        for up_to in finite.map(|(_, samples)| *samples).chain([last.unwrap_or_default()]) {
            let up_to = whole(up_to).max(below);
            samples.push(up_to - below);
            below = up_to;
        }
        samples
    }

    fn sort(&mut self) {
        self.buckets.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        self.buckets.dedup_by(|(a, _), (b, _)| a.total_cmp(b).is_eq());
    }
}

impl Family {
    /// Whether somebody has recorded a value. A gauge at 0 is a reading, and a counter at 0 may
    /// only have been registered.
    pub(super) fn is_recorded(&self) -> bool {
        self.series.values().any(|value| match value {
            Value::Number(value) => *value != 0.0 || self.kind != MetricKind::Counter,
            Value::Distribution(distribution) => {
                distribution.samples().iter().any(|samples| *samples > 0)
            }
        })
    }
}

/// What is not read of a process.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum ReadError {
    #[error("it is not an exposition: {0}")]
    NoExposition(#[from] ExpositionError),
    #[error("the exposition has more than {MAX_NAMES} names of families")]
    TooManyNames,
    #[error("the exposition has more than {MAX_SERIES} series")]
    TooManySeries,
}

/// Reads what a process exposes. `declared` names what its catalogue has.
pub(super) fn read(
    text: &str,
    format: Format,
    declared: &Declared,
) -> Result<Vec<Family>, ReadError> {
    let mut families =
        Families { declared, kinds: HashMap::new(), found: BTreeMap::new(), series: 0 };
    for entry in Reader::new(text, format) {
        match entry?.content {
            Content::Type { family, kind } => families.metadata(family)?.kind = kind,
            Content::Unit { family, unit } => families.metadata(family)?.unit = unit,
            Content::Help { .. } => {}
            Content::Sample(sample) => families.add(&sample)?,
        }
    }
    let mut found: Vec<_> = families.found.into_values().collect();
    for value in found.iter_mut().flat_map(|family| family.series.values_mut()) {
        if let Value::Distribution(distribution) = value {
            distribution.sort();
        }
    }
    Ok(found)
}

struct Families<'t> {
    declared: &'t Declared,
    kinds: HashMap<Cow<'t, str>, Metadata<'t>>,
    found: BTreeMap<String, Family>,
    /// The series of all families.
    series: usize,
}

#[derive(Clone, Debug)]
struct Metadata<'t> {
    kind: FamilyType,
    unit: Cow<'t, str>,
}

/// What a sample is of its metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Number,
    Bucket,
    Count,
    Sum,
}

impl<'t> Families<'t> {
    fn metadata(&mut self, family: Cow<'t, str>) -> Result<&mut Metadata<'t>, ReadError> {
        if self.kinds.len() == MAX_NAMES && !self.kinds.contains_key(&family) {
            return Err(ReadError::TooManyNames);
        }
        let unknown = Metadata { kind: FamilyType::Unknown, unit: Cow::Borrowed("") };
        Ok(self.kinds.entry(family).or_insert(unknown))
    }

    fn add(&mut self, sample: &Sample<'t>) -> Result<(), ReadError> {
        let is_new = match self.declared.metric(&sample.name) {
            Some(metric) => {
                let part = match metric.sample {
                    SampleKind::Bucket => Part::Bucket,
                    SampleKind::Count => Part::Count,
                    SampleKind::Sum => Part::Sum,
                    SampleKind::Counter | SampleKind::Gauge => Part::Number,
                };
                let key = |name: &str| metric.keys.get(name).cloned();
                let family = || Family {
                    name: metric.name.clone(),
                    kind: metric.kind,
                    unit: metric.unit.clone(),
                    scope: metric.package.clone(),
                    series: BTreeMap::new(),
                };
                put(&mut self.found, &metric.name, family, part, sample, key)
            }
            None => self.add_undeclared(sample),
        };
        self.series += usize::from(is_new);
        if self.series > MAX_SERIES { Err(ReadError::TooManySeries) } else { Ok(()) }
    }

    /// Returns whether the sample begins a series.
    fn add_undeclared(&mut self, sample: &Sample<'t>) -> bool {
        let Some((family, part, kind)) = self.part_of(&sample.name) else { return false };
        let unit = self.kinds.get(family).map_or("", |metadata| &metadata.unit);
        let unit = UNITS.iter().find(|known| known.word == unit && !unit.is_empty());
        let scope = sample.labels.iter().find(|(key, _)| key == SCOPE);
        let name = if part == Part::Number { &*sample.name } else { family };
        let empty = || Family {
            name: name.to_owned(),
            kind,
            unit: unit.map_or("", |unit| unit.ucum).to_owned(),
            scope: scope.map_or("", |(_, scope)| scope).to_owned(),
            series: BTreeMap::new(),
        };
        put(&mut self.found, name, empty, part, sample, |_| None)
    }

    /// The family of a sample that no catalogue has, what the sample is of it, and its kind. `None`
    /// for times of creation.
    fn part_of<'n>(&self, name: &'n str) -> Option<(&'n str, Part, MetricKind)> {
        let kind_of = |family: &str| self.kinds.get(family).map(|metadata| metadata.kind);
        for (suffix, part) in
            [("_bucket", Part::Bucket), ("_count", Part::Count), ("_sum", Part::Sum)]
        {
            let Some(family) = name.strip_suffix(suffix) else { continue };
            match kind_of(family) {
                Some(FamilyType::Histogram) => return Some((family, part, MetricKind::Histogram)),
                Some(FamilyType::Summary) => {
                    return Some((family, Part::Number, MetricKind::Counter));
                }
                _ => {}
            }
        }
        if name.strip_suffix("_created").is_some_and(|family| kind_of(family).is_some()) {
            return None;
        }
        let counter = name.strip_suffix("_total").filter(|family| kind_of(family).is_some());
        let family = counter.unwrap_or(name);
        let kind = match kind_of(family) {
            Some(FamilyType::Counter) => MetricKind::Counter,
            _ => MetricKind::Gauge,
        };
        Some((family, Part::Number, kind))
    }
}

/// Adds a sample to a family of this name. Returns whether the sample begins a series.
fn put(
    found: &mut BTreeMap<String, Family>,
    name: &str,
    empty: impl FnOnce() -> Family,
    part: Part,
    sample: &Sample<'_>,
    key: impl Fn(&str) -> Option<String>,
) -> bool {
    if !found.contains_key(name) {
        found.insert(name.to_owned(), empty());
    }
    let family = found.get_mut(name).expect("it was inserted");
    let labels = owned(&sample.labels, part, key);
    if part == Part::Number {
        return family.series.insert(labels, Value::Number(sample.value)).is_none();
    }
    let value = family.series.entry(labels);
    let is_new = matches!(value, Entry::Vacant(_));
    let value = value.or_insert_with(|| Value::Distribution(Distribution::default()));
    let Value::Distribution(distribution) = value else { return false };
    match part {
        Part::Count => distribution.count = Some(sample.value),
        Part::Sum => distribution.sum = sample.value,
        _ => {
            let boundary = sample.labels.iter().find(|(key, _)| key == LE);
            if let Some(boundary) = boundary.and_then(|(_, value)| value.parse().ok()) {
                distribution.buckets.push((boundary, sample.value));
            }
        }
    }
    is_new
}

fn owned(labels: &Labels<'_>, part: Part, key: impl Fn(&str) -> Option<String>) -> OwnedLabels {
    let kept = labels.iter().filter(|(name, _)| part != Part::Bucket || name != LE);
    let owned = |name: &str| key(name).unwrap_or_else(|| name.to_owned());
    let mut owned: OwnedLabels =
        kept.map(|(name, value)| (owned(name), value.clone().into_owned())).collect();
    owned.sort_unstable();
    owned
}

/// A number of samples.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and NaN is 0"
)]
fn whole(samples: f64) -> u64 {
    samples as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(labels: &[(&str, &str)]) -> OwnedLabels {
        labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn family(text: &str, format: Format, name: &str) -> Family {
        let mut found = read(text, format, &Declared::default()).unwrap();
        let place = found.iter().position(|family| family.name == name);
        found.remove(place.unwrap_or_else(|| panic!("{name} in {found:?}")))
    }

    #[test]
    fn what_no_catalogue_has_is_read_by_its_type() {
        let text = "# TYPE a counter\n# UNIT a seconds\na_total{x=\"1\",otel_scope_name=\"lib\"} 3\n\
                    a_created 1e9\n# TYPE b histogram\nb_bucket{le=\"+Inf\",y=\"2\"} 5\n\
                    b_bucket{le=\"0.5\",y=\"2\"} 2\nb_count{y=\"2\"} 5\nb_sum{y=\"2\"} 4.5\n\
                    # TYPE c summary\nc{quantile=\"0.5\"} 1\nc_sum 2\nc_count 3\nd 7\n# EOF\n";
        let a = family(text, Format::OpenMetrics, "a_total");
        assert_eq!((a.kind, &*a.unit, &*a.scope), (MetricKind::Counter, "s", "lib"));
        assert_eq!(a.series.len(), 1);
        let b = family(text, Format::OpenMetrics, "b");
        let Value::Distribution(values) = &b.series[&labels(&[("y", "2")])] else {
            panic!("{b:?}")
        };
        assert_eq!(values.boundaries().collect::<Vec<_>>(), [0.5]);
        assert_eq!((values.samples(), values.sum().to_bits()), (vec![2, 3], 4.5_f64.to_bits()));
        assert_eq!(family(text, Format::OpenMetrics, "c").kind, MetricKind::Gauge);
        assert_eq!(family(text, Format::OpenMetrics, "c_count").kind, MetricKind::Counter);
        assert_eq!(family(text, Format::OpenMetrics, "d").series[&labels(&[])], Value::Number(7.0));
        let names = read(text, Format::OpenMetrics, &Declared::default()).unwrap();
        assert!(names.iter().all(|family| !family.name.ends_with("_created")), "{names:?}");
    }

    #[test]
    fn buckets_that_make_no_sense_are_no_samples() {
        for (buckets, expected) in [
            ("a_bucket{le=\"1\"} 5\na_bucket{le=\"2\"} 3\na_count 9\n", vec![5, 0, 4]),
            ("a_bucket{le=\"1\"} NaN\na_count -3\n", vec![0, 0]),
            ("a_bucket{le=\"x\"} 5\na_bucket{le=\"1\"} 1\na_bucket{le=\"1\"} 2\n", vec![1, 0]),
            ("a_count 7\n", vec![7]),
            ("a_sum 7\n", vec![0]),
        ] {
            let text = format!("# TYPE a histogram\n{buckets}");
            let family = family(&text, Format::Text, "a");
            let Value::Distribution(values) = &family.series[&labels(&[])] else { panic!() };
            assert_eq!(values.samples(), expected, "{buckets}");
            assert_eq!(values.boundaries().count() + 1, expected.len(), "{buckets}");
        }
    }

    #[test]
    fn an_exposition_of_too_many_series_or_names_is_refused() {
        let text = |count: usize, line: &dyn Fn(usize) -> String| -> String {
            (0..count).map(line).collect()
        };
        let error = |text: &str| read(text, Format::Text, &Declared::default()).err();
        let names = |nth| format!("x{nth} 1\n");
        let values = |nth| format!("x{{y=\"{nth}\"}} 1\n");
        for line in [&names as &dyn Fn(usize) -> String, &values] {
            assert_eq!(error(&text(MAX_SERIES, line)), None);
            assert_eq!(error(&text(MAX_SERIES + 1, line)), Some(ReadError::TooManySeries));
        }
        let types = |nth| format!("# TYPE x{nth} gauge\n");
        assert_eq!(error(&text(MAX_NAMES, &types)), None);
        assert_eq!(error(&text(MAX_NAMES + 1, &types)), Some(ReadError::TooManyNames));
        // A bucket is no series.
        let buckets = |nth| format!("x_bucket{{le=\"{nth}\"}} 1\n");
        let buckets = format!("# TYPE x histogram\n{}", text(MAX_SERIES + 1, &buckets));
        assert_eq!(error(&buckets), None);
    }

    #[test]
    fn a_counter_at_0_was_not_recorded_and_a_gauge_was() {
        for (text, expected) in [
            ("# TYPE a counter\na 0\n", false),
            ("# TYPE a counter\na 0\na{x=\"1\"} 1\n", true),
            ("# TYPE a gauge\na 0\n", true),
            ("# TYPE a histogram\na_count 0\na_sum 0\na_bucket{le=\"+Inf\"} 0\n", false),
            ("# TYPE a histogram\na_count 1\na_sum 0\na_bucket{le=\"+Inf\"} 1\n", true),
        ] {
            assert_eq!(family(text, Format::Text, "a").is_recorded(), expected, "{text}");
        }
    }
}
