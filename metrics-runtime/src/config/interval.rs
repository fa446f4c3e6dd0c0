//! The intervals at which single metrics are pushed.

use std::time::Duration;

use super::{
    ConfigSource,
    duration::{allowed, duration},
    error::InvalidValue,
    pattern::{self, matches},
};

/// The interval at which the metrics of a pattern are pushed, instead of
/// [`OtlpConfig::interval`](super::OtlpConfig::interval).
///
/// ```
/// use std::time::Duration;
///
/// use osapi_metrics::config::{MetricsConfig, OtlpInterval};
///
/// let mut config = MetricsConfig::default();
/// config.otlp.intervals = vec![
///     OtlpInterval::new("osapi_job_*", Duration::from_secs(5)),
///     OtlpInterval::new("rpc.*", Duration::from_secs(30)).optional(),
/// ];
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtlpInterval {
    /// The OpenTelemetry or Prometheus name of a metric. `*` in it stands for any characters, `?`
    /// for one.
    pub metrics: String,
    /// The time between two exports of these metrics, from 1 ms to 24 h.
    pub interval: Duration,
    /// Whether the program may lack a metric of this pattern. Otherwise that is an error of
    /// `install()`.
    pub optional: bool,
    place: Place,
}

/// Where an interval was given.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// A key or a variable with the position in its list, or a function.
    name: String,
    origin: ConfigSource,
}

impl OtlpInterval {
    /// The interval of the metrics whose OpenTelemetry or Prometheus name the pattern matches.
    /// `install()` checks both values.
    pub fn new(metrics: impl Into<String>, interval: Duration) -> Self {
        Self::at("OtlpInterval::new", ConfigSource::Program, metrics.into(), interval)
    }

    /// Lets the program lack a metric of this pattern: metrics of other libraries, which are not
    /// known when the runtime is installed, and metrics of some of the programs that share a file.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(crate) fn at(
        name: impl Into<String>,
        origin: ConfigSource,
        metrics: String,
        interval: Duration,
    ) -> Self {
        Self { metrics, interval, optional: false, place: Place { name: name.into(), origin } }
    }

    /// The key, the variable or the function that gave the interval, and its source.
    pub(crate) fn place(&self) -> (&str, &ConfigSource) {
        (&self.place.name, &self.place.origin)
    }

    /// The entry that counts for a metric with these names.
    pub(crate) fn first_of<'a>(
        entries: &'a [Self],
        name: &str,
        prometheus_name: &str,
    ) -> Option<&'a Self> {
        entries.iter().find(|entry| entry.matches(name, prometheus_name))
    }

    /// Whether the pattern matches a metric with these names.
    pub(crate) fn matches(&self, name: &str, prometheus_name: &str) -> bool {
        matches(&self.metrics, name) || matches(&self.metrics, prometheus_name)
    }

    /// Whether every name that the other one matches is one that this one matches.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        matches(&self.metrics, &other.metrics)
    }

    /// The allowed values of the pattern or the interval that is not allowed. The values of
    /// documents and variables have been checked before.
    pub(crate) fn expected(&self) -> Option<&'static str> {
        let checked = pattern(&self.metrics).and_then(|_| allowed(Some(self.interval)));
        checked.err().map(|invalid| invalid.expected)
    }
}

/// The most intervals of one source: each is compared with all before it.
pub(super) const MAX_INTERVALS: usize = 1_000;

pub(super) const TOO_MANY: &str = "a list of at most 1000 intervals";

/// Reads a pattern.
pub(super) fn pattern(text: &str) -> Result<String, InvalidValue> {
    pattern::check(text).map(|()| text.to_owned())
}

/// Reads `pattern=duration`, or `pattern=duration;optional`.
pub(super) fn entry(
    text: &str,
    name: String,
    origin: ConfigSource,
) -> Result<OtlpInterval, InvalidValue> {
    let malformed = || {
        InvalidValue::from(
            "`pattern=duration`, such as `osapi_job_*=5s`, or `pattern=duration;optional` where \
             the program may lack such a metric",
        )
    };
    let (metrics, value) = text.split_once('=').ok_or_else(malformed)?;
    let (interval, optional) = match value.split_once(';') {
        Some((interval, property)) if property.trim() == "optional" => (interval, true),
        Some(_) => return Err(malformed()),
        None => (value, false),
    };
    let (metrics, interval) = (pattern(metrics.trim())?, duration(interval.trim())?);
    let interval = OtlpInterval::at(name, origin, metrics, interval);
    Ok(if optional { interval.optional() } else { interval })
}
