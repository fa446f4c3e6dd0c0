//! A runtime to read, and the values that it shows.

use osapi_metrics::{Metrics, config::Environment, exposition::Format};

use crate::{
    otlp_receiver::{Labels, Value},
    scrape::{self, Scrape, parse},
};

/// A runtime with metrics on, whatever the machine's variables say.
///
/// # Panics
///
/// If declarations of the program conflict.
pub fn install() -> Metrics {
    Metrics::builder().enabled(true).environment(Environment::default()).install().unwrap()
}

/// One exposition.
#[derive(Debug)]
pub struct Reading(Scrape);

/// The samples of one series of a histogram.
#[derive(Debug, PartialEq)]
pub struct Histogram {
    /// The number of samples.
    pub count: u64,
    /// Their sum; NaN where `OpenMetrics` forbids it, because it is negative.
    pub sum: f64,
    /// The upper bounds of all buckets but the last.
    pub bounds: Vec<f64>,
    /// Samples in each bucket, not cumulated, the bucket without an upper bound last.
    pub buckets: Vec<u64>,
}

impl Reading {
    /// Everything that a runtime exposes.
    ///
    /// # Panics
    ///
    /// If the exposition does not follow the format.
    pub fn of(metrics: &Metrics) -> Self {
        Self(parse(&metrics.render(Format::OpenMetrics), scrape::Format::OpenMetrics))
    }

    /// The same in the format that also shows the sum of a histogram if it is negative.
    ///
    /// # Panics
    ///
    /// If the exposition does not follow the format.
    pub fn of_text(metrics: &Metrics) -> Self {
        Self(parse(&metrics.render(Format::Text), scrape::Format::Text))
    }

    /// The series whose lines contain this text. The other lines are not parsed, since there may be
    /// many.
    ///
    /// # Panics
    ///
    /// If a line that contains the text does not follow the format.
    pub fn of_lines_with(text: &str, metrics: &Metrics) -> Self {
        let exposition = metrics.render(Format::OpenMetrics);
        let lines = exposition.lines().filter(|line| line.starts_with('#') || line.contains(text));
        let lines: String = lines.flat_map(|line| [line, "\n"]).collect();
        Self(parse(&lines, scrape::Format::OpenMetrics))
    }

    /// The value of the series with exactly these labels, if the series is there.
    pub fn number(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        match self.0.get(name)?.series.get(&owned(labels))? {
            Value::Number(number) => Some(*number),
            Value::Histogram { .. } => None,
        }
    }

    /// The histogram with exactly these labels, if it is there.
    pub fn histogram(&self, name: &str, labels: &[(&str, &str)]) -> Option<Histogram> {
        match self.0.get(name)?.series.get(&owned(labels))?.clone() {
            Value::Number(_) => None,
            Value::Histogram { count, sum, bounds, buckets, .. } => {
                Some(Histogram { count, sum, bounds, buckets })
            }
        }
    }

    /// The values of a label among all series of a metric; `""` for a series without the label.
    pub fn label_values(&self, name: &str, key: &str) -> Vec<String> {
        let series = self.0.get(name).map(|family| family.series.keys());
        let value = |labels: &Labels| labels.get(key).cloned().unwrap_or_default();
        series.into_iter().flatten().map(value).collect()
    }
}

fn owned(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
