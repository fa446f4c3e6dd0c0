//! Reads one value from a scrape.

/// The sum of the samples with that name and these labels, whatever other labels they have; `None`
/// if there is no such sample.
///
/// A label is written as in the exposition: `status="failed"`.
pub(crate) fn sample(scrape: &str, name: &str, labels: &[&str]) -> Option<f64> {
    scrape
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
