//! What a process exposes, as sums of samples.

/// One scrape.
#[derive(Clone, Debug)]
pub(crate) struct Samples(String);

impl Samples {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The sum of the samples of that name that have these labels, whatever others they have; `None` if there is none.
    ///
    /// A label is written as in the exposition: `status="failed"`.
    pub(crate) fn find(&self, name: &str, labels: &[&str]) -> Option<f64> {
        self.0
            .lines()
            .filter(|line| {
                let rest = line.strip_prefix(name).unwrap_or_default();
                rest.starts_with(['{', ' ']) && labels.iter().all(|label| rest.contains(label))
            })
            .map(|line| {
                let (_, value) = line.rsplit_once(' ').expect("a value");
                value.parse::<f64>().expect("a number")
            })
            .reduce(|a, b| a + b)
    }

    /// As [`find`](Self::find), 0 if there is none.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        self.find(name, labels).unwrap_or_default()
    }

    /// How many series there are.
    pub(crate) fn series(&self) -> usize {
        self.0.lines().filter(|line| !line.starts_with('#')).count()
    }
}
