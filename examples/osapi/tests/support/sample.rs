//! Reads one figure out of a scrape.

/// The sum of the samples of that name that have these labels, whatever others they have; `None` if
/// there is none.
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
