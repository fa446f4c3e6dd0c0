//! The samples of a scrape, or of the answers of a Prometheus.

use std::collections::{BTreeMap, HashMap};

use osapi_metrics_rules::excerpt::Excerpt;

/// One sample: its labels and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The labels, among them the `le` of a bucket.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
}

/// Samples by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples(HashMap<String, Vec<Sample>>);

/// Why a text is not a scrape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// The last line of the format is missing.
    #[error("the text does not end with `# EOF`")]
    NoEnd,
    /// A line is not a sample.
    #[error("the line `{0}` is not a sample")]
    Line(String),
}

impl Samples {
    /// Reads a scrape in the `OpenMetrics` format.
    ///
    /// # Errors
    /// The text is not whole, or has a line that is neither a comment nor a sample.
    pub fn parse(text: &str) -> Result<Self, SampleError> {
        if text.lines().last() != Some("# EOF") {
            return Err(SampleError::NoEnd);
        }
        let mut samples = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, sample) =
                read(line).ok_or_else(|| SampleError::Line(Excerpt::of(line).to_string()))?;
            samples.add(name, sample);
        }
        Ok(samples)
    }

    /// Adds a sample.
    pub fn add(&mut self, name: &str, sample: Sample) {
        match self.0.get_mut(name) {
            Some(samples) => samples.push(sample),
            None => {
                self.0.insert(name.to_owned(), vec![sample]);
            }
        }
    }

    /// Adds the samples of another process.
    pub fn extend(&mut self, other: Self) {
        for (name, samples) in other.0 {
            self.0.entry(name).or_default().extend(samples);
        }
    }

    /// The samples of a name that have all of these labels.
    pub fn of<'a>(
        &'a self,
        name: &str,
        labels: &[(&'a str, &'a str)],
    ) -> impl Iterator<Item = &'a Sample> + use<'a> {
        let labels = labels.to_vec();
        self.0.get(name).into_iter().flatten().filter(move |sample| {
            labels.iter().all(|(key, value)| sample.label(key) == Some(value))
        })
    }

    /// The sum of these samples.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        // The sum of no numbers would be -0.
        self.of(name, labels).fold(0.0, |sum, sample| sum + sample.value)
    }
}

impl Sample {
    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }
}

/// Reads a line such as `jobs_total{kind="a"} 3 # {trace_id="b"} 1`.
fn read(line: &str) -> Option<(&str, Sample)> {
    let (name, mut rest) = line.split_at(line.find(['{', ' '])?);
    let mut labels = BTreeMap::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (key, quoted) = rest.split_once("=\"")?;
            let (value, after) = unquoted(quoted)?;
            labels.insert(key.to_owned(), value);
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    // A timestamp or an exemplar may follow.
    let value = rest.split_whitespace().next()?.parse().ok()?;
    (!name.is_empty()).then_some((name, Sample { labels, value }))
}

/// A label's value up to its closing quote, and what follows.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the numbers are whole")]
mod tests {
    use super::*;

    const SCRAPE: &str = r#"# TYPE jobs counter
jobs_total{kind="a,b}\"c\"\\\n",end="ok"} 3
jobs_total{kind="d",end="ok"} 4 1.5e9 # {trace_id="x y"} 1 1.5e9
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.5"} 1
wait_seconds_bucket{le="+Inf"} 3
level 2.5e-1
top +Inf
# EOF
"#;

    #[test]
    fn a_scrape_is_read_with_its_labels() {
        let samples = Samples::parse(SCRAPE).expect("a scrape");
        assert_eq!(samples.sum("jobs_total", &[]), 7.0);
        assert_eq!(samples.sum("jobs_total", &[("kind", "a,b}\"c\"\\\n")]), 3.0);
        assert_eq!(samples.sum("jobs_total", &[("kind", "d"), ("end", "ok")]), 4.0);
        assert_eq!(samples.sum("jobs_total", &[("kind", "d"), ("end", "failed")]), 0.0);
        assert_eq!(samples.sum("wait_seconds_bucket", &[("le", "+Inf")]), 3.0);
        assert_eq!(samples.sum("level", &[]), 0.25);
        assert_eq!(samples.sum("top", &[]), f64::INFINITY);
        assert_eq!(samples.of("nothing", &[]).count(), 0);
    }

    #[test]
    fn the_samples_of_two_processes_are_added_up() {
        let mut samples = Samples::parse(SCRAPE).expect("a scrape");
        samples.extend(Samples::parse("jobs_total 5\nother 1\n# EOF\n").expect("a scrape"));
        assert_eq!(samples.sum("jobs_total", &[]), 12.0);
        assert_eq!(samples.sum("other", &[]), 1.0);
    }

    #[test]
    fn what_is_not_a_scrape_is_refused() {
        assert_eq!(Samples::parse("<html>"), Err(SampleError::NoEnd));
        assert_eq!(Samples::parse(""), Err(SampleError::NoEnd));
        for line in ["jobs_total", "jobs_total{a=\"b} 1", "jobs_total{a} 1", "jobs_total x", " 1"] {
            let refused = Samples::parse(&format!("{line}\n# EOF\n"));
            assert_eq!(refused, Err(SampleError::Line(line.to_owned())));
        }
    }
}
