//! Series for which a query is beyond a threshold, or not. The query is computed here too, so that
//! the tests of promtool compare two computations.

use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics::catalogue::document::MetricDocument;

use super::{
    super::{
        document::InputSeries,
        labels::Labels,
        series::{self, quantile_in, value_in},
    },
    query::{Function, Of, Query, WINDOW_SECONDS},
};

/// The most combinations of values that are tried.
const COMBINATIONS: usize = 20_000;
/// Values that come in a minute into a histogram.
const VALUES: f64 = 10.0;

/// A series with what it does each minute.
#[derive(Clone, Debug)]
pub(super) struct Simulated<'a> {
    metric: &'a MetricDocument,
    labels: Labels,
    level: Level,
}

#[derive(Clone, Copy, Debug)]
enum Level {
    /// The increase of a counter in a minute.
    Step(f64),
    /// The value of a gauge.
    Value(f64),
    /// The bucket of the values of a histogram.
    Bucket(usize),
}

/// How the series go on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Going {
    Steadily,
    /// All counters start anew in the middle.
    Anew,
}

/// A series of a query's result.
pub(super) type Sample = (Labels, f64);

/// All combinations of values of the series that the query reads, as far as they may matter for
/// these thresholds.
pub(super) fn combinations<'a>(
    query: &Query<'a>,
    thresholds: &[f64],
) -> impl Iterator<Item = Vec<Simulated<'a>>> {
    let series = series_of(query);
    let choices: Vec<_> = series
        .into_iter()
        .map(|(metric, labels)| {
            let of_level = move |level| Simulated { metric, labels: labels.clone(), level };
            levels(metric, query, thresholds).into_iter().map(of_level).collect::<Vec<_>>()
        })
        .collect();
    let all = choices.iter().map(Vec::len).product::<usize>().min(COMBINATIONS);
    (0..all).map(move |nth| {
        let mut rest = nth;
        let mut choose = |choices: &Vec<Simulated<'a>>| {
            let chosen = choices[rest % choices.len()].clone();
            rest /= choices.len();
            chosen
        };
        choices.iter().map(&mut choose).collect()
    })
}

/// The result of the query for these series.
pub(super) fn evaluated(query: &Query<'_>, series: &[Simulated<'_>]) -> Vec<Sample> {
    match query {
        Query::Of(of) => of_series(of, series),
        Query::Ratio(dividend, divisor) => {
            let dividend: BTreeMap<_, _> = evaluated(dividend, series).into_iter().collect();
            let divisor = evaluated(divisor, series).into_iter();
            let divisor = divisor.filter(|(_, divisor)| *divisor > 0.0);
            let ratio = |(labels, divisor): Sample| {
                let dividend = dividend.get(&labels).copied().unwrap_or_default();
                (labels, dividend / divisor)
            };
            divisor.map(ratio).collect()
        }
        Query::Total(operands) => {
            let mut total: BTreeMap<Labels, f64> = BTreeMap::new();
            for (labels, value) in operands.iter().flat_map(|operand| evaluated(operand, series)) {
                *total.entry(labels).or_default() += value;
            }
            total.into_iter().collect()
        }
    }
}

/// The series in the notation of promtool.
pub(super) fn input(series: &[Simulated<'_>], going: Going, minutes: u64) -> Vec<InputSeries> {
    let of = |(name, labels, level): &CounterOrGauge| {
        let values = match (level, going) {
            (Level::Value(value), _) => format!("{value}x{minutes}"),
            (Level::Step(step), Going::Steadily) => format!("1000+{step}x{minutes}"),
            (Level::Step(step), Going::Anew) => series::Course::Restarts(*step).values(minutes),
            (Level::Bucket(_), _) => String::new(),
        };
        series::series(name, labels, values)
    };
    series.iter().flat_map(Simulated::samples).map(|sample| of(&sample)).collect()
}

/// Series that go on in another way after some minutes; `None` if they are others.
pub(super) fn changing(
    [first, second]: [&[Simulated<'_>]; 2],
    [minutes, after]: [u64; 2],
) -> Option<Vec<InputSeries>> {
    let [first, second] = [first, second]
        .map(|series| series.iter().flat_map(Simulated::samples).collect::<Vec<_>>());
    if first.len() != second.len() {
        return None;
    }
    let of = |(first, second): (CounterOrGauge, CounterOrGauge)| {
        let ((name, labels, before), (name_then, labels_then, then)) = (first, second);
        let is_same = name == name_then && labels == labels_then;
        let values = match (before, then) {
            (Level::Value(before), Level::Value(then)) => {
                format!("{before}x{minutes} {then}x{after}")
            }
            (Level::Step(before), Level::Step(then)) => {
                #[expect(clippy::cast_precision_loss, reason = "they are few")]
                let reached = 1000.0 + before * minutes as f64 + then;
                format!("1000+{before}x{minutes} {reached}+{then}x{after}")
            }
            _ => return None,
        };
        is_same.then(|| series::series(&name, &labels, values))
    };
    first.into_iter().zip(second).map(of).collect()
}

/// A name of samples, labels, and what the series does each minute.
type CounterOrGauge = (String, Labels, Level);

impl Simulated<'_> {
    /// Its series in a Prometheus: those of a histogram are counters.
    fn samples(&self) -> Vec<CounterOrGauge> {
        let Self { metric, labels, level } = self;
        let Level::Bucket(bucket) = *level else {
            return vec![(metric.prometheus_name.clone(), labels.clone(), *level)];
        };
        let steps = series::histogram_steps(metric, labels, bucket, VALUES).into_iter();
        steps.map(|(name, labels, step)| (name, labels, Level::Step(step))).collect()
    }
}

/// Whether one of the series can start anew.
pub(super) fn has_counters(series: &[Simulated<'_>]) -> bool {
    series.iter().any(|series| !matches!(series.level, Level::Value(_)))
}

/// The series that the query reads: one for each selection.
fn series_of<'a>(query: &Query<'a>) -> Vec<(&'a MetricDocument, Labels)> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for of in query.leaves() {
        let labels = series::labels(of.metric, &of.with);
        if seen.insert((&of.metric.name, labels.clone())) {
            all.push((of.metric, labels));
        }
    }
    all
}

/// The values that a series may have in a test.
fn levels(metric: &MetricDocument, query: &Query<'_>, thresholds: &[f64]) -> Vec<Level> {
    let around = thresholds.iter().flat_map(|threshold| {
        let threshold = *threshold;
        [threshold, threshold / 2.0, threshold * 2.0, threshold + 1.0, threshold - 1.0]
    });
    match metric.kind.as_str() {
        "histogram" => (0..=metric.boundaries.len()).map(Level::Bucket).collect(),
        "counter" => {
            let is_alone = matches!(query, Query::Of(_));
            let steps = around.flat_map(|value| [value, value * 60.0]).filter(|_| is_alone);
            let steps = [1.0, 0.0, 0.1, 10.0, 100.0, 10_000.0].into_iter().chain(steps);
            let steps = steps.filter(|step| *step >= 0.0 && step.is_finite());
            steps.map(Level::Step).collect()
        }
        _ => {
            let values = around.chain([0.0, 1.0, 100.0]).filter(|value| value.is_finite());
            values.map(Level::Value).collect()
        }
    }
}

fn of_series(of: &Of<'_>, series: &[Simulated<'_>]) -> Vec<Sample> {
    let is_selected = |series: &&Simulated<'_>| {
        series.metric.name == of.metric.name
            && of.with.iter().all(|(label, value)| series.labels.get(label) == Some(value))
    };
    let mut groups: BTreeMap<Labels, Vec<&Simulated<'_>>> = BTreeMap::new();
    for series in series.iter().filter(is_selected) {
        let mut labels = series.labels.clone();
        if let Some(by) = &of.by {
            labels.retain(|label, _| by.contains(label));
        }
        groups.entry(labels).or_default().push(series);
    }
    groups.into_iter().map(|(labels, series)| (labels, of_group(of, &series))).collect()
}

fn of_group(of: &Of<'_>, series: &[&Simulated<'_>]) -> f64 {
    let boundaries = &of.metric.boundaries;
    let step = |series: &&Simulated<'_>| match series.level {
        Level::Step(step) => step,
        Level::Value(_) => 0.0,
        Level::Bucket(_) => VALUES,
    };
    let value = |series: &&Simulated<'_>| match series.level {
        Level::Value(value) => value,
        Level::Step(_) | Level::Bucket(_) => 0.0,
    };
    let steps: f64 = series.iter().map(step).sum();
    let in_buckets = |of: &dyn Fn(usize) -> f64| {
        let buckets: Vec<_> = series
            .iter()
            .filter_map(|series| match series.level {
                Level::Bucket(bucket) => Some(of(bucket)),
                Level::Step(_) | Level::Value(_) => None,
            })
            .collect();
        // Several series of a histogram are given the same weight.
        #[expect(clippy::cast_precision_loss, reason = "they are few")]
        let count = buckets.len() as f64;
        buckets.iter().sum::<f64>() / count
    };
    match of.function {
        Function::Rate => steps / 60.0,
        Function::Increase | Function::IncreaseOrNew => steps / 60.0 * WINDOW_SECONDS,
        Function::Sum | Function::Latest => series.iter().map(value).sum(),
        Function::Highest => series.iter().map(value).fold(f64::NEG_INFINITY, f64::max),
        // A quantile over buckets of several series is not tried.
        Function::Quantile(_) if series.len() > 1 => f64::NAN,
        Function::Quantile(q) => in_buckets(&|bucket| quantile_in(boundaries, bucket, q)),
        Function::Mean => in_buckets(&|bucket| value_in(boundaries, bucket)),
    }
}
