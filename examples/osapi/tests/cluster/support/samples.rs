//! A scrape as sums of samples.

use super::sample::sample;

/// One scrape.
#[derive(Clone, Debug)]
pub(crate) struct Samples(String);

impl Samples {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The result of [`sample`].
    pub(crate) fn find(&self, name: &str, labels: &[&str]) -> Option<f64> {
        sample(&self.0, name, labels)
    }

    /// As [`find`](Self::find), and 0 if there is no such sample.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        self.find(name, labels).unwrap_or_default()
    }

    /// The number of series.
    pub(crate) fn series(&self) -> usize {
        self.0.lines().filter(|line| !line.starts_with('#')).count()
    }
}
