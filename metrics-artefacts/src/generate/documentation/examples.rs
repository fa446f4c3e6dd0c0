use std::ops::RangeInclusive;

use osapi_metrics::catalogue::document::{LabelDocument, MetricDocument};

use super::{
    text::{code, text},
    words,
};
use crate::generate::query::{Selector, aggregated, is_label_name, is_metric_name, quantile};

/// A query that a reader can copy, and what its result is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Example {
    /// What the query shows, as Markdown.
    pub(super) title: String,
    pub(super) query: String,
}

/// The window of rates of a metric: long enough for some scrapes or pushes.
const WINDOW_SECONDS: f64 = 300.0;

/// The boundaries that a text can show in few digits.
const PLAIN: RangeInclusive<f64> = 1e-4..=1e15;

impl Example {
    pub(super) fn new(title: impl Into<String>, query: impl Into<String>) -> Self {
        Self { title: title.into(), query: query.into() }
    }
}

/// Queries for a metric, by its kind. A metric or a label whose name is none of PromQL has none.
/// `apart` are the labels that distinguish series with different boundaries.
pub(super) fn examples(metric: &MetricDocument, apart: &[&str]) -> Vec<Example> {
    let labels = metric.labels.iter().map(|label| label.prometheus_name.as_str());
    let names = metric.samples.iter().all(|name| is_metric_name(name));
    if metric.samples.is_empty() || !names || !labels.into_iter().all(is_label_name) {
        return Vec::new();
    }
    match metric.kind.as_str() {
        "counter" => of_counter(metric),
        "histogram" => of_histogram(metric, apart),
        "up_down_counter" => of_sum(metric),
        "info" => of_info(metric),
        "state_set" => of_states(metric),
        _ => of_gauge(metric),
    }
}

/// The window of rates: five minutes, or four intervals of the push if that is longer.
pub(super) fn window(metric: &MetricDocument) -> String {
    let pushes = metric.otlp_interval_seconds.unwrap_or_default() * 4.0;
    let minutes = (WINDOW_SECONDS.max(pushes) / 60.0).ceil();
    format!("{}m", words::number(minutes.min(1e6)))
}

/// The sample of the metric with this ending.
pub(super) fn sample<'a>(metric: &'a MetricDocument, ending: &str) -> Option<&'a str> {
    metric.samples.iter().map(String::as_str).find(|name| name.ends_with(ending))
}

fn of_counter(metric: &MetricDocument) -> Vec<Example> {
    let (selector, window) = (Selector::of(&metric.samples[0]), window(metric));
    let rate = selector.rate(&window);
    let closed = closed(metric);
    let mut examples = vec![
        Example::new(format!("Per second{}", by_words(&closed)), aggregated("sum", &closed, &rate)),
        Example::new("In the last hour", aggregated("sum", &[], &selector.increase("1h"))),
    ];
    for label in open(metric) {
        let sum = aggregated("sum", &[label], &rate);
        examples.push(Example::new(
            format!("Per second, of each {}, the five highest", code(label)),
            format!("topk(5, {sum})"),
        ));
    }
    examples
}

/// An info is joined with other metrics, or counted.
fn of_info(metric: &MetricDocument) -> Vec<Example> {
    let labels: Vec<_> = metric.labels.iter().map(|label| label.prometheus_name.as_str()).collect();
    let name = &metric.samples[0];
    vec![Example::new(
        "How many processes have each of the facts",
        aggregated("count", &labels, name),
    )]
}

/// Of a state set, the states that hold.
fn of_states(metric: &MetricDocument) -> Vec<Example> {
    let labels: Vec<_> = metric.labels.iter().map(|label| label.prometheus_name.as_str()).collect();
    let name = &metric.samples[0];
    vec![
        Example::new("The states that hold", format!("{name} == 1")),
        Example::new("How many processes are in each state", aggregated("sum", &labels, name)),
    ]
}

fn of_sum(metric: &MetricDocument) -> Vec<Example> {
    let name = metric.samples[0].as_str();
    let closed = closed(metric);
    let mut examples = vec![Example::new(
        format!("Now, in all processes{}", by_words(&closed)),
        aggregated("sum", &closed, name),
    )];
    for label in open(metric) {
        let sum = aggregated("sum", &[label], name);
        examples.push(Example::new(
            format!("Now, of each {}, the five highest", code(label)),
            format!("topk(5, {sum})"),
        ));
    }
    examples.push(highest_of_hour(name));
    examples
}

fn of_gauge(metric: &MetricDocument) -> Vec<Example> {
    let name = metric.samples[0].as_str();
    let closed = closed(metric);
    if is_time(metric) {
        let labels: Vec<_> = names(metric, |label| !label.constant);
        let latest = aggregated("max", &labels, name);
        return vec![Example::new(
            format!("Seconds since then{}", by_words(&labels)),
            format!("time() - {latest}"),
        )];
    }
    // What somebody has to know of is the lowest value, or the highest one.
    let is_low = |comparison: &str| comparison == "below" || comparison == "at_most";
    let low = metric.thresholds.iter().any(|threshold| is_low(&threshold.comparison));
    let (operator, extreme, top) =
        if low { ("min", "lowest", "bottomk") } else { ("max", "highest", "topk") };
    let mut examples = vec![Example::new(
        format!("Now, the {extreme} of all processes{}", by_words(&closed)),
        aggregated(operator, &closed, name),
    )];
    for label in open(metric) {
        let value = aggregated(operator, &[label], name);
        examples.push(Example::new(
            format!("Now, of each {}, the five {extreme}", code(label)),
            format!("{top}(5, {value})"),
        ));
    }
    if !low {
        examples.push(highest_of_hour(name));
    }
    examples
}

fn of_histogram(metric: &MetricDocument, apart: &[&str]) -> Vec<Example> {
    let (Some(bucket), Some(count), Some(sum)) =
        (sample(metric, "_bucket"), sample(metric, "_count"), sample(metric, "_sum"))
    else {
        return Vec::new();
    };
    let window = window(metric);
    let (bucket, count, sum) =
        (Selector::of(bucket), Selector::of(count).rate(&window), Selector::of(sum).rate(&window));
    let closed = closed(metric);
    // Buckets with different boundaries cannot be added up.
    let quantile_by = |labels: &[&str]| {
        let others = apart.iter().filter(|label| !labels.contains(label));
        let by: Vec<_> = labels.iter().chain(others).copied().collect();
        (by_words(&by), quantile(0.95, &bucket, &window, &by))
    };
    let (by, of_most) = quantile_by(&closed);
    let total = |rate: &str| aggregated("sum", &[], rate);
    let mut examples = vec![
        Example::new(format!("What 95 % of the values do not exceed{by}"), of_most),
        Example::new("The mean", format!("{} / {}", total(&sum), total(&count))),
    ];
    if let Some(boundary) = boundary(metric).filter(|_| apart.is_empty()) {
        let within = bucket.clone().with_boundary(boundary).rate(&window);
        let value = text(&words::value(boundary, metric.unit.as_deref()));
        examples.push(Example::new(
            format!("The share of values of at most {value}, from 0 to 1"),
            format!("{} / {}", total(&within), total(&count)),
        ));
    }
    examples.push(Example::new(
        format!("Values per second{}", by_words(&closed)),
        aggregated("sum", &closed, &count),
    ));
    for label in open(metric) {
        let (_, slowest) = quantile_by(&[label]);
        examples.push(Example::new(
            format!("What 95 % of them do not exceed, of each {}, the five highest", code(label)),
            format!("topk(5, {slowest})"),
        ));
    }
    examples
}

/// The boundary that a threshold is at, else the one in the middle.
fn boundary(metric: &MetricDocument) -> Option<f64> {
    let boundaries = || metric.boundaries.iter().copied().filter(|b| PLAIN.contains(b));
    let at_threshold = boundaries().find(|b| {
        metric.thresholds.iter().any(|threshold| threshold.value.to_bits() == b.to_bits())
    });
    at_threshold.or_else(|| boundaries().nth(boundaries().count() / 2))
}

fn highest_of_hour(name: &str) -> Example {
    Example::new("The highest value in the last hour", format!("max(max_over_time({name}[1h]))"))
}

/// Whether the values are times since 1970.
fn is_time(metric: &MetricDocument) -> bool {
    metric.unit.as_deref() == Some("s") && metric.prometheus_name.ends_with("_timestamp_seconds")
}

fn closed(metric: &MetricDocument) -> Vec<&str> {
    names(metric, |label| label.values.is_some() && !label.constant)
}

fn open(metric: &MetricDocument) -> Vec<&str> {
    names(metric, |label| label.values.is_none())
}

fn names(metric: &MetricDocument, is: impl Fn(&LabelDocument) -> bool) -> Vec<&str> {
    let labels = metric.labels.iter().filter(|label| is(label));
    labels.map(|label| label.prometheus_name.as_str()).collect()
}

/// `, by a and b`, or nothing.
fn by_words(labels: &[&str]) -> String {
    let codes: Vec<_> = labels.iter().map(|label| code(label)).collect();
    match codes.split_last() {
        None => String::new(),
        Some((last, [])) => format!(", by {last}"),
        Some((last, rest)) => format!(", by {} and {last}", rest.join(", ")),
    }
}
