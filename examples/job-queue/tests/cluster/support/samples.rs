//! A scrape as sums of samples.

/// One scrape.
#[derive(Clone, Debug)]
pub(crate) struct Samples(String);

impl Samples {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The sum of the samples with that name and these labels, whatever other labels they have;
    /// `None` if there is no such sample. A label is written as in the exposition:
    /// `state="pending"`.
    pub(crate) fn find(&self, name: &str, labels: &[&str]) -> Option<f64> {
        let samples = self.0.lines().filter(|line| {
            let rest = line.strip_prefix(name).unwrap_or_default();
            rest.starts_with(['{', ' ']) && labels.iter().all(|label| rest.contains(label))
        });
        let values = samples.map(|line| {
            let (_, value) = line.rsplit_once(' ').expect("a value");
            value.parse::<f64>().expect("a number")
        });
        values.reduce(|a, b| a + b)
    }

    /// As [`find`](Self::find), and 0 if there is no such sample.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        self.find(name, labels).unwrap_or_default()
    }
}
