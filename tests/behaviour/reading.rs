//! A runtime to look at, and what it shows.

use osapi_metrics::{Format, Metrics, config::Environment};
use osapi_metrics_tests::{
    otlp_receiver::{Labels, Value},
    scrape::{self, Scrape, parse},
};

/// A runtime with metrics on, whatever the machine's variables say.
pub(crate) fn install() -> Metrics {
    Metrics::builder().enabled(true).environment(Environment::default()).install().unwrap()
}

/// One exposition.
#[derive(Debug)]
pub(crate) struct Reading(Scrape);

/// The samples of one series of a histogram.
#[derive(Debug, PartialEq)]
pub(crate) struct Histogram {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) bounds: Vec<f64>,
    /// Samples in each bucket, not cumulated, the one without an upper bound last.
    pub(crate) buckets: Vec<u64>,
}

impl Reading {
    pub(crate) fn of(metrics: &Metrics) -> Self {
        Self(parse(&metrics.render(Format::OpenMetrics), scrape::Format::OpenMetrics))
    }

    #[allow(dead_code, reason = "not all test programs that share this file read that much")]
    /// What the lines that contain this text show. The others are not even read, since there may be
    /// many.
    pub(crate) fn of_lines_with(text: &str, metrics: &Metrics) -> Self {
        let exposition = metrics.render(Format::OpenMetrics);
        let lines = exposition.lines().filter(|line| line.starts_with('#') || line.contains(text));
        let lines: String = lines.flat_map(|line| [line, "\n"]).collect();
        Self(parse(&lines, scrape::Format::OpenMetrics))
    }

    /// The value of the series with exactly these labels, if it is there.
    pub(crate) fn number(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        match self.0.get(name)?.series.get(&owned(labels))? {
            Value::Number(number) => Some(*number),
            Value::Histogram { .. } => None,
        }
    }

    /// The histogram with exactly these labels, if it is there.
    pub(crate) fn histogram(&self, name: &str, labels: &[(&str, &str)]) -> Option<Histogram> {
        match self.0.get(name)?.series.get(&owned(labels))?.clone() {
            Value::Number(_) => None,
            Value::Histogram { count, sum, bounds, buckets, .. } => {
                Some(Histogram { count, sum, bounds, buckets })
            }
        }
    }

    /// The values of a label among all series of a metric, and those of series without it as `""`.
    pub(crate) fn label_values(&self, name: &str, key: &str) -> Vec<String> {
        let series = self.0.get(name).map(|family| family.series.keys());
        let value = |labels: &Labels| labels.get(key).cloned().unwrap_or_default();
        series.into_iter().flatten().map(value).collect()
    }
}

fn owned(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
