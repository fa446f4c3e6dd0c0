//! Samples that an exposition may not have: values that their type excludes, buckets that do not
//! add up, series that stand twice.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, hash_map},
    fmt::{self, Display, Formatter, Write},
};

use osapi_metrics_rules::excerpt::Excerpt;

use super::{
    exposed::{Exposed, Metadata},
    families::Advice,
    invalid::{InvalidSample, InvalidSamples},
    shown::quoted,
};
use crate::exposition::{Content, FamilyType, Format, Labels, Reader, Sample};

/// Findings about the samples of one source.
pub(super) fn judge(exposed: &Exposed) -> Vec<Advice> {
    let InvalidSamples { named, further } = &exposed.invalid;
    let advice = named.iter().map(|InvalidSample { rule, line, family, problem }| {
        Advice::new(rule, exposed, *line, family, problem.clone())
    });
    let mut found: Vec<_> = advice.collect();
    if *further > 0 {
        let problem = format!("{further} further samples are invalid");
        found.push(Advice::new("invalid-value", exposed, None, "", problem));
    }
    found
}

impl InvalidSamples {
    /// Reads an exposition, whose families are known, once more.
    pub(super) fn of(text: &str, format: Format, families: &BTreeMap<String, Metadata>) -> Self {
        let mut invalid = Self::default();
        let mut lines: HashMap<Series<'_>, usize> = HashMap::new();
        let mut histograms: BTreeMap<Series<'_>, Buckets> = BTreeMap::new();
        for entry in Reader::new(text, format).map_while(Result::ok) {
            let Content::Sample(sample) = entry.content else { continue };
            let line = entry.line;
            if let Some((family, role)) = role(&sample.name, format, families) {
                let family = family.to_owned();
                let allowed = if sample.value < 0.0 && role == Role::Sum {
                    // A sum of negative values is right in text format.
                    (format == Format::OpenMetrics).then_some("a sum of OpenMetrics is not below 0")
                } else {
                    role.excludes(sample.value)
                };
                if let Some(allowed) = allowed {
                    invalid.value(Some(line), &family, &shown(&sample), sample.value, allowed);
                } else if let Some(problem) = boundary(&sample, role) {
                    invalid.mistake("invalid-boundary", Some(line), &family, problem);
                } else if matches!(role, Role::Bucket | Role::Count) {
                    let key = Series::of(&sample, format, Some(&family));
                    histograms.entry(key).or_default().add(&sample, role, line);
                }
            }
            match lines.entry(Series::of(&sample, format, None)) {
                hash_map::Entry::Vacant(place) => _ = place.insert(line),
                hash_map::Entry::Occupied(first) => {
                    let (shown, first) = (shown(&sample), first.get());
                    let problem = format!("{shown} stands twice, first in line {first}");
                    invalid.mistake("duplicate-series", Some(line), &sample.name, problem);
                }
            }
        }
        for (series, buckets) in histograms {
            if let Some((line, problem)) = buckets.problem() {
                invalid.mistake("invalid-buckets", Some(line), &series.name, problem);
            }
        }
        invalid
    }

    /// Judges a value that a Prometheus has of a counter, or of the count of a histogram.
    pub(super) fn add_stored(&mut self, series: &BTreeMap<String, String>, value: f64) {
        let Some(allowed) = Role::Counter.excludes(value) else { return };
        let name = series.get("__name__").map_or("", String::as_str);
        let labels = series.iter().filter(|(key, _)| *key != "__name__");
        let labels = labels.map(|(key, value)| (key.as_str(), value.as_str()));
        self.value(None, name, &shown_series(name, labels), value, allowed);
    }

    fn value(&mut self, line: Option<usize>, family: &str, shown: &str, value: f64, allowed: &str) {
        let problem = format!("{shown} has the value {}, and {allowed}", Number(value));
        self.mistake("invalid-value", line, family, problem);
    }

    fn mistake(&mut self, rule: &'static str, line: Option<usize>, family: &str, problem: String) {
        self.report(InvalidSample { rule, line, family: family.to_owned(), problem });
    }
}

/// What a sample is in its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Counter,
    Created,
    Bucket,
    Count,
    Sum,
    Quantile,
    Info,
    State,
}

/// The family and the role of a sample. Its family announces a type that has such samples.
fn role<'a>(
    name: &'a str,
    format: Format,
    families: &BTreeMap<String, Metadata>,
) -> Option<(&'a str, Role)> {
    let kind = |family: &str| families.get(family)?.kinds.first().copied();
    match kind(name) {
        Some(FamilyType::Counter) if format == Format::Text => return Some((name, Role::Counter)),
        Some(FamilyType::Summary) => return Some((name, Role::Quantile)),
        Some(FamilyType::StateSet) => return Some((name, Role::State)),
        Some(FamilyType::Gauge | FamilyType::Unknown) => return None,
        _ => {}
    }
    [
        ("_total", Role::Counter),
        ("_created", Role::Created),
        ("_bucket", Role::Bucket),
        ("_count", Role::Count),
        ("_gcount", Role::Count),
        ("_sum", Role::Sum),
        ("_info", Role::Info),
    ]
    .into_iter()
    .filter_map(|(suffix, role)| Some((name.strip_suffix(suffix)?, role)))
    .find(|(family, role)| {
        let Some(kind) = kind(family) else { return false };
        let is_histogram = matches!(kind, FamilyType::Histogram | FamilyType::GaugeHistogram);
        match role {
            Role::Counter => kind == FamilyType::Counter && format == Format::OpenMetrics,
            Role::Created => {
                kind == FamilyType::Counter
                    || kind == FamilyType::Summary
                    || kind == FamilyType::Histogram
            }
            Role::Bucket => is_histogram,
            Role::Count => is_histogram || kind == FamilyType::Summary,
            Role::Sum => kind == FamilyType::Histogram || kind == FamilyType::Summary,
            Role::Info => kind == FamilyType::Info,
            Role::Quantile | Role::State => false,
        }
    })
}

impl Role {
    /// What is allowed, if this value is not.
    fn excludes(self, value: f64) -> Option<&'static str> {
        let (is_allowed, allowed) = match self {
            Self::Counter => {
                (value.is_finite() && value >= 0.0, "a counter is a finite number from 0 on")
            }
            Self::Created => {
                (value.is_finite() && value >= 0.0, "a time is a finite number from 0 on")
            }
            Self::Bucket | Self::Count => (
                value.is_finite() && value >= 0.0 && value.fract() == 0.0,
                "a count is a whole number from 0 on",
            ),
            Self::Sum => (!value.is_nan(), "a sum is a number"),
            // Without a value, a quantile is NaN.
            Self::Quantile => return None,
            Self::Info => (value.total_cmp(&1.0).is_eq(), "an info has the value 1"),
            Self::State => ([0.0, 1.0].contains(&value), "a state is 0 or 1"),
        };
        (!is_allowed).then_some(allowed)
    }
}

/// The problem with the end of a bucket, or with a quantile.
fn boundary(sample: &Sample<'_>, role: Role) -> Option<String> {
    let (key, range, allowed) = match role {
        Role::Bucket => ("le", f64::NEG_INFINITY..=f64::INFINITY, "a number"),
        Role::Quantile => ("quantile", 0.0..=1.0, "a number from 0 to 1"),
        _ => return None,
    };
    let shown = shown(sample);
    let Some(value) = label(&sample.labels, key) else {
        return Some(format!("{shown} has no label `{key}`, which has to be {allowed}"));
    };
    let is_allowed = value.parse().is_ok_and(|value: f64| range.contains(&value));
    let value = quoted(value);
    (!is_allowed)
        .then(|| format!("{shown} has the value {value} of `{key}`, which has to be {allowed}"))
}

fn label<'a>(labels: &'a Labels<'_>, key: &str) -> Option<&'a str> {
    labels.iter().find(|(other, _)| other == key).map(|(_, value)| &**value)
}

/// What distinguishes a sample from others, or a histogram from others of its family.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Series<'a> {
    name: Cow<'a, str>,
    /// Sorted. A label without a value is none.
    labels: Labels<'a>,
    /// In `OpenMetrics` a series may have points of several times.
    time: Option<u64>,
}

impl<'a> Series<'a> {
    fn of(sample: &Sample<'a>, format: Format, family: Option<&str>) -> Self {
        let mut labels = sample.labels.clone();
        labels.retain(|(key, value)| !value.is_empty() && (family.is_none() || key != "le"));
        labels.sort_unstable();
        let time = sample.timestamp.filter(|_| format == Format::OpenMetrics).map(f64::to_bits);
        let name = family.map_or_else(|| sample.name.clone(), |family| family.to_owned().into());
        Self { name, labels, time }
    }
}

/// The buckets of one histogram, in the order of the exposition.
#[derive(Debug, Default)]
struct Buckets {
    /// The end, the number of values, the line and the sample.
    buckets: Vec<(f64, f64, usize, String)>,
    /// The number of values, the line and the sample.
    count: Option<(f64, usize, String)>,
}

impl Buckets {
    fn add(&mut self, sample: &Sample<'_>, role: Role, line: usize) {
        let end = label(&sample.labels, "le").and_then(|end| end.parse().ok());
        match end.filter(|_| role == Role::Bucket) {
            Some(end) => self.buckets.push((end, sample.value, line, shown(sample))),
            None => self.count = Some((sample.value, line, shown(sample))),
        }
    }

    /// The first problem, with its line.
    fn problem(mut self) -> Option<(usize, String)> {
        self.buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        for pair in self.buckets.windows(2) {
            let ((end, lower, ..), (_, value, line, sample)) = (&pair[0], &pair[1]);
            if value < lower {
                let problem = format!(
                    "{sample} has the value {}, and the bucket that ends at {} has {}: a bucket \
                     has the values of those below it too",
                    Number(*value),
                    Number(*end),
                    Number(*lower),
                );
                return Some((*line, problem));
            }
        }
        let (end, all, ..) = self.buckets.last()?;
        let (count, line, sample) = self.count?;
        let is_equal = *end < f64::INFINITY || count.total_cmp(all).is_eq();
        (!is_equal).then(|| {
            let (count, all) = (Number(count), Number(*all));
            let problem = format!(
                "{sample} has the value {count}, and the bucket that ends at +Inf has {all}: both \
                 have all values"
            );
            (line, problem)
        })
    }
}

/// A number as expositions write it.
struct Number(f64);

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(value) = *self;
        if value.is_infinite() {
            f.write_str(if value > 0.0 { "+Inf" } else { "-Inf" })
        } else {
            Display::fmt(&value, f)
        }
    }
}

fn shown(sample: &Sample<'_>) -> String {
    shown_series(&sample.name, sample.labels.iter().map(|(key, value)| (&**key, &**value)))
}

/// A series as `PromQL` selects it.
fn shown_series<'a>(name: &str, labels: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = name.to_owned();
    for (nth, (key, value)) in labels.enumerate() {
        let _ = write!(text, "{}{key}={value:?}", if nth == 0 { '{' } else { ',' });
    }
    if text.len() > name.len() {
        text.push('}');
    }
    format!("`{}`", Excerpt::of(&text))
}

#[cfg(test)]
mod tests {
    use super::{super::invalid::NAMED, *};
    use crate::verify::endpoint::exposed;

    fn problems(text: &str, format: Format) -> Vec<String> {
        let InvalidSamples { named, .. } = exposed(text, format).invalid;
        let line = |one: &InvalidSample| one.line.unwrap_or_default();
        named.iter().map(|one| format!("{}: {} [{}]", line(one), one.problem, one.rule)).collect()
    }

    /// The only problem of a text.
    fn problem(text: &str, format: Format) -> String {
        let problems = problems(text, format);
        assert_eq!(problems.len(), 1, "{text}: {problems:#?}");
        problems[0].clone()
    }

    #[test]
    fn values_are_those_that_the_type_allows() {
        for (kind, sample, allowed) in [
            ("counter", "a_total{x=\"1\"} NaN", "a counter is a finite number from 0 on"),
            ("counter", "a_total -1", "a counter is a finite number from 0 on"),
            ("counter", "a_total +Inf", "a counter is a finite number from 0 on"),
            ("counter", "a_created NaN", "a time is a finite number from 0 on"),
            ("histogram", "a_count -1", "a count is a whole number from 0 on"),
            ("histogram", "a_count NaN", "a count is a whole number from 0 on"),
            ("histogram", "a_bucket{le=\"1\"} 1.5", "a count is a whole number from 0 on"),
            ("histogram", "a_sum NaN", "a sum is a number"),
            ("histogram", "a_sum -1", "a sum of OpenMetrics is not below 0"),
            ("gaugehistogram", "a_gcount -1", "a count is a whole number from 0 on"),
            ("summary", "a_count +Inf", "a count is a whole number from 0 on"),
            ("info", "a_info 2", "an info has the value 1"),
            ("stateset", "a{a=\"x\"} 0.5", "a state is 0 or 1"),
        ] {
            let text = format!("# TYPE a {kind}\n{sample}\n# EOF\n");
            let (series, value) = sample.split_once(' ').unwrap();
            let expected =
                format!("2: `{series}` has the value {value}, and {allowed} [invalid-value]");
            assert_eq!(problem(&text, Format::OpenMetrics), expected);
        }
        let text = "# TYPE a_total counter\na_total -1\n";
        assert!(problem(text, Format::Text).starts_with("2: `a_total` has the value -1, and"));
    }

    #[test]
    fn ends_of_buckets_and_quantiles_are_numbers() {
        for (kind, sample, problem) in [
            (
                "histogram",
                "a_bucket{le=\"NaN\"} 1",
                "value `NaN` of `le`, which has to be a number",
            ),
            ("histogram", "a_bucket{le=\"x\"} 1", "value `x` of `le`, which has to be a number"),
            ("histogram", "a_bucket 1", "no label `le`, which has to be a number"),
            (
                "summary",
                "a{quantile=\"NaN\"} 1",
                "`quantile`, which has to be a number from 0 to 1",
            ),
            (
                "summary",
                "a{quantile=\"1.5\"} 1",
                "`quantile`, which has to be a number from 0 to 1",
            ),
        ] {
            let found = self::problem(&format!("# TYPE a {kind}\n{sample}\n"), Format::Text);
            assert!(found.contains(problem), "{found}");
            assert!(found.ends_with("[invalid-boundary]"), "{found}");
        }
    }

    #[test]
    fn buckets_add_up() {
        let text = "# TYPE a histogram\na_bucket{le=\"10\",x=\"1\"} 4\na_bucket{x=\"1\",le=\"5\"} 5\n\
                    a_bucket{x=\"1\",le=\"+Inf\"} 5\na_count{x=\"1\"} 5\n";
        assert_eq!(
            problem(text, Format::Text),
            "2: `a_bucket{le=\"10\",x=\"1\"}` has the value 4, and the bucket that ends at 5 has 5: \
             a bucket has the values of those below it too [invalid-buckets]"
        );
        let text = "# TYPE a histogram\na_bucket{le=\"+Inf\"} 5\na_count 4\na_count{x=\"1\"} 3\n";
        assert_eq!(
            problem(text, Format::Text),
            "3: `a_count` has the value 4, and the bucket that ends at +Inf has 5: both have all \
             values [invalid-buckets]"
        );
    }

    #[test]
    fn a_series_stands_once() {
        let text = "a{x=\"1\",y=\"2\"} 1\na{x=\"1\"} 1\na{y=\"2\",x=\"1\",z=\"\"} 1\n";
        assert!(problem(text, Format::Text).ends_with("first in line 1 [duplicate-series]"));
        // Points of several times are right in OpenMetrics alone.
        assert_eq!(problems("a 1 1\na 2 2\n# EOF\n", Format::OpenMetrics), [""; 0]);
        assert!(problem("a 1 1\na 2 2\n", Format::Text).ends_with("[duplicate-series]"));
        problem("a 1 1\na 2 1\n# EOF\n", Format::OpenMetrics);
    }

    #[test]
    fn what_is_allowed_is_no_finding() {
        let text = "# TYPE a gauge\na NaN\n# TYPE b_total counter\nb_total 0\nb_created 1.5e9\n\
                    # TYPE c summary\nc{quantile=\"0.5\"} NaN\nc_sum -1\nc_count 0\n\
                    # TYPE d histogram\nd_bucket{le=\"-1\"} 1\nd_bucket{le=\"+Inf\"} 1\nd_sum -5\n\
                    d_count 1\ne -1\n# TYPE f_total gauge\nf_total -1\n";
        assert_eq!(problems(text, Format::Text), [""; 0]);
    }

    #[test]
    fn many_invalid_samples_are_counted() {
        let text = (0..500).fold("# TYPE a counter\n".to_owned(), |text, nth| {
            text + &format!("a{{x=\"{nth}\"}} -1\n")
        });
        let exposed = exposed(&text, Format::Text);
        let found = judge(&exposed);
        assert_eq!(found.len(), NAMED + 1);
        assert_eq!(found[NAMED].finding.problem, "400 further samples are invalid");
    }
}
