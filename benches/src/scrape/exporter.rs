use super::shape::{FamilyKind, Shape};
use crate::samples;

/// A library that holds the series of a [`Shape`].
pub(crate) struct Exporter {
    pub(crate) library: &'static str,
    touch: Box<dyn Fn()>,
    scrape: Box<dyn Fn() -> Body>,
}

/// The text of a scrape, in the type that the library returns.
type Body = Box<dyn AsRef<[u8]>>;

/// A scrape that does not show the recorded values.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScrapeError {
    #[error("{library}: {expected} samples should be shown, {shown} are")]
    Samples { library: &'static str, expected: usize, shown: usize },
    #[error("{library}: each series was recorded {expected} times, but there is `{sample}`")]
    Value { library: &'static str, expected: usize, sample: String },
}

impl Exporter {
    pub(super) fn new<B: AsRef<[u8]> + 'static>(
        library: &'static str,
        touch: Box<dyn Fn()>,
        scrape: impl Fn() -> B + 'static,
    ) -> Self {
        Self { library, touch, scrape: Box::new(move || Box::new(scrape())) }
    }

    /// Adds one to each counter, or one observation to each histogram.
    pub(crate) fn touch(&self) {
        (self.touch)();
    }

    pub(crate) fn scrape(&self) -> Body {
        (self.scrape)()
    }

    /// Checks that a scrape shows every series with its value. Returns the size of the scrape and
    /// the number of all its samples.
    pub(crate) fn check(&self, shape: Shape, touched: usize) -> Result<(u64, u64), ScrapeError> {
        let library = self.library;
        let body = self.scrape();
        let body = std::str::from_utf8((*body).as_ref()).expect("expositions are UTF-8");
        let prefix = shape.kind.prefix();
        let is_of_shape = |line: &&str| line.starts_with(prefix) && line.contains("item=");
        let of_shape = || body.lines().filter(is_of_shape);
        let (expected, shown) = (shape.samples(), of_shape().count());
        if shown != expected {
            return Err(ScrapeError::Samples { library, expected, shown });
        }
        let counts = of_shape().filter(|line| match shape.kind {
            FamilyKind::Counters => true,
            FamilyKind::Histograms => line.contains("_count{"),
        });
        let value = format!(" {touched}");
        let is_right = |line: &str| line.strip_suffix(".0").unwrap_or(line).ends_with(&value);
        let mut wrong = counts.filter(|line| !is_right(line));
        match wrong.next() {
            Some(sample) => {
                Err(ScrapeError::Value { library, expected: touched, sample: sample.to_owned() })
            }
            None => Ok((body.len() as u64, samples::count(body))),
        }
    }
}

/// Calls `touch` for each series.
pub(super) fn each<S: 'static>(series: Vec<S>, touch: impl Fn(&S) + 'static) -> Box<dyn Fn()> {
    Box::new(move || series.iter().for_each(&touch))
}

#[cfg(test)]
mod tests {
    use super::{Exporter, FamilyKind, ScrapeError, Shape};

    fn showing(exposition: &'static str) -> Result<(u64, u64), ScrapeError> {
        let exporter = Exporter::new("one", Box::new(|| {}), move || exposition);
        let shape = Shape { kind: FamilyKind::Counters, series_per_family: 0 };
        exporter.check(shape, 3)
    }

    #[test]
    fn a_scrape_with_other_series_is_rejected() {
        let error = showing("bench_c00{item=\"x\"} 3\n").unwrap_err();
        assert_eq!(error.to_string(), "one: 0 samples should be shown, 1 are");
    }
}
