use std::num::NonZeroUsize;

use percent_encoding::percent_decode_str;

/// The series and the times that a reader wants of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// The names of metrics; all if it is empty.
    metrics: Vec<String>,
    /// The newest frames, in seconds.
    seconds: Option<usize>,
    step: NonZeroUsize,
}

/// The reason why a query is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The query is not UTF-8 that is percent-encoded (RFC 3986, section 2.1).
    #[error("the query is not percent-encoded UTF-8")]
    NotUtf8,
    /// The query has a key that does not exist.
    #[error("there is no parameter `{key}`; there are `metric`, `seconds` and `step`")]
    UnknownKey {
        /// The key, shortened.
        key: String,
    },
    /// A key that can be given once is given again.
    #[error("`{key}` is given twice")]
    Twice {
        /// The key.
        key: &'static str,
    },
    /// A number is not one, or is out of its range.
    #[error("`{key}` is {value:?}; it is a whole number from 1 to {max}")]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// The value, shortened.
        value: String,
        /// The greatest value.
        max: usize,
    },
    /// The query names more metrics than a history answers for.
    #[error("more than {max} metrics are named; without `metric` the answer has all")]
    TooManyMetrics {
        /// The most names.
        max: usize,
    },
}

const MAX_METRICS: usize = 200;
const MAX_SECONDS: usize = 600;
const MAX_STEP: usize = 60;

impl HistoryQuery {
    /// Reads the query of a URL, without its `?`.
    ///
    /// # Errors
    ///
    /// If the query is not UTF-8, or a key does not exist, is given twice where once is allowed, or
    /// has a value out of its range.
    ///
    /// ```
    /// use osapi_metrics_explorer::HistoryQuery;
    ///
    /// assert!(HistoryQuery::parse("metric=jobs_total&metric=jobs_active&seconds=60").is_ok());
    /// let error = HistoryQuery::parse("second=60").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "there is no parameter `second`; there are `metric`, `seconds` and `step`"
    /// );
    /// ```
    pub fn parse(query: &str) -> Result<Self, QueryError> {
        percent_decode_str(query).decode_utf8().map_err(|_| QueryError::NotUtf8)?;
        let (mut metrics, mut seconds, mut step) = (Vec::new(), None, None);
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "metric" if metrics.len() == MAX_METRICS => {
                    return Err(QueryError::TooManyMetrics { max: MAX_METRICS });
                }
                "metric" => metrics.push(value.into_owned()),
                "seconds" => set(&mut seconds, "seconds", &value, MAX_SECONDS)?,
                "step" => set(&mut step, "step", &value, MAX_STEP)?,
                _ => return Err(QueryError::UnknownKey { key: shortened(&key) }),
            }
        }
        let seconds = seconds.map(NonZeroUsize::get);
        Ok(Self { metrics, seconds, step: step.unwrap_or(NonZeroUsize::MIN) })
    }

    /// The names of the metrics; all metrics if there is none.
    #[must_use]
    pub fn metrics(&self) -> &[String] {
        &self.metrics
    }

    pub(crate) fn seconds(&self) -> Option<usize> {
        self.seconds
    }

    pub(crate) fn step(&self) -> usize {
        self.step.get()
    }

    pub(crate) fn wants(&self, metric: &str) -> bool {
        self.metrics.is_empty() || self.metrics.iter().any(|wanted| wanted == metric)
    }
}

fn set(
    field: &mut Option<NonZeroUsize>,
    key: &'static str,
    value: &str,
    max: usize,
) -> Result<(), QueryError> {
    if field.is_some() {
        return Err(QueryError::Twice { key });
    }
    let number = value.parse().ok().filter(|number: &NonZeroUsize| number.get() <= max);
    let refused = || QueryError::OutOfRange { key, value: shortened(value), max };
    *field = Some(number.ok_or_else(refused)?);
    Ok(())
}

/// What a message repeats of a stranger's text.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let query = HistoryQuery::parse("metric=a%20b&metric=c+d&step=60&seconds=600").unwrap();
        assert_eq!(query.metrics(), ["a b", "c d"]);
        assert_eq!((query.seconds, query.step.get()), (Some(600), 60));
        assert!(query.wants("a b") && !query.wants("a"));
        assert!(HistoryQuery::parse("").unwrap().wants("anything"));
    }

    #[test]
    fn mistakes_name_what_was_given_and_what_is_allowed() {
        let error = |query: &str| HistoryQuery::parse(query).unwrap_err().to_string();
        for value in ["0", "601", "-1", "1.5", "", "99999999999999999999", "x"] {
            let message = error(&format!("seconds={value}"));
            assert_eq!(
                message,
                format!("`seconds` is {value:?}; it is a whole number from 1 to 600")
            );
        }
        assert!(error("step=61").ends_with("from 1 to 60"));
        assert_eq!(error("step=1&step=1"), "`step` is given twice");
        for query in ["metric=%ff", "metric=a&metric=%c3", "%ff=1"] {
            assert_eq!(error(query), "the query is not percent-encoded UTF-8");
        }
        assert!(error(&"metric=a&".repeat(201)).starts_with("more than 200 metrics"));
        assert!(error(&format!("{}=1", "k".repeat(100_000))).len() < 200);
        assert!(error(&format!("step={}", "é".repeat(100_000))).len() < 300);
    }
}
