//! Series of tests, in the notation of promtool: a value for each minute.

use osapi_metrics::catalogue::document::{LabelDocument, MetricDocument};

use super::{
    document::InputSeries,
    labels::{self, Labels},
};

/// The value of open labels in tests.
const OPEN: &str = "a";

/// How a counter grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Course {
    /// By so much for each minute, from 0 on.
    Grows(f64),
    /// The same, and the process starts anew in the middle, so that the counter does too.
    Restarts(f64),
}

impl Course {
    /// The values of so many minutes. A counter that starts anew has a value before: it is the
    /// fall that rules have to survive.
    pub(super) fn values(self, minutes: u64) -> String {
        match self {
            Self::Grows(step) => format!("0+{step}x{minutes}"),
            Self::Restarts(step) => {
                let half = minutes / 2;
                let before = if step > 0.0 { step * 1000.0 } else { 1000.0 };
                format!("{before}+{step}x{half} {step}+{step}x{half}")
            }
        }
    }
}

/// Labels of a series of the metric: these, and for its others the first of the closed values, or
/// any value.
pub(super) fn labels(metric: &MetricDocument, known: &Labels) -> Labels {
    let label = |label: &LabelDocument| {
        let name = label.prometheus_name.clone();
        let value = known.get(&name).cloned();
        let closed = || label.values.as_ref().and_then(|values| values.first().cloned());
        let value = value.or_else(closed).unwrap_or_else(|| OPEN.to_owned());
        (name, value)
    };
    metric.labels.iter().map(label).collect()
}

/// A series with these labels.
pub(super) fn series(name: &str, labels: &Labels, values: impl Into<String>) -> InputSeries {
    InputSeries { series: labels::notation(name, labels), values: values.into() }
}

/// The series of a histogram whose values all lie in one bucket, as [`histogram_steps`] has them.
pub(super) fn histogram(
    metric: &MetricDocument,
    labels: &Labels,
    bucket: usize,
    per_minute: f64,
    course: impl Fn(f64) -> String,
) -> Vec<InputSeries> {
    let steps = histogram_steps(metric, labels, bucket, per_minute).into_iter();
    steps.map(|(name, labels, step)| series(&name, &labels, course(step))).collect()
}

/// The series of a histogram, each with its increase in a minute. All values lie in one bucket, by
/// its position; behind the last one is that without a boundary. `per_minute` values come in a
/// minute.
pub(super) fn histogram_steps(
    metric: &MetricDocument,
    labels: &Labels,
    bucket: usize,
    per_minute: f64,
) -> Vec<(String, Labels, f64)> {
    let name = &metric.prometheus_name;
    let boundaries = metric.boundaries.iter().map(|boundary| format!("{boundary:?}"));
    let mut all: Vec<_> = boundaries
        .chain(["+Inf".to_owned()])
        .enumerate()
        .map(|(position, le)| {
            let mut labels = labels.clone();
            labels.insert("le".to_owned(), le);
            let step = if position >= bucket { per_minute } else { 0.0 };
            (format!("{name}_bucket"), labels, step)
        })
        .collect();
    let value = value_in(&metric.boundaries, bucket);
    all.push((format!("{name}_count"), labels.clone(), per_minute));
    all.push((format!("{name}_sum"), labels.clone(), per_minute * value));
    all
}

/// A value in a bucket.
pub(super) fn value_in(boundaries: &[f64], bucket: usize) -> f64 {
    match (bucket, boundaries) {
        (_, []) => 1.0,
        (0, [first, ..]) => *first,
        (bucket, boundaries) if bucket < boundaries.len() => boundaries[bucket],
        (_, [.., last]) => last * 2.0,
    }
}

/// The quantile that `histogram_quantile` gives if all values lie in one bucket.
pub(super) fn quantile_in(boundaries: &[f64], bucket: usize, q: f64) -> f64 {
    match (bucket, boundaries) {
        (_, []) => f64::NAN,
        (0, [first, ..]) if *first <= 0.0 => *first,
        (0, [first, ..]) => first * q,
        (bucket, boundaries) if bucket < boundaries.len() => {
            let lower = boundaries[bucket - 1];
            lower + (boundaries[bucket] - lower) * q
        }
        (_, [.., last]) => *last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_lies_in_the_bucket_of_the_values() {
        let boundaries = [1.0, 2.0, 4.0];
        for (bucket, expected) in [(0, 0.5), (1, 1.5), (2, 3.0), (3, 4.0)] {
            assert!((quantile_in(&boundaries, bucket, 0.5) - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn a_counter_that_starts_anew_falls() {
        assert_eq!(Course::Grows(2.0).values(20), "0+2x20");
        assert_eq!(Course::Restarts(2.5).values(20), "2500+2.5x10 2.5+2.5x10");
    }
}
