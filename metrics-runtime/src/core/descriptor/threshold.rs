use std::{fmt, time::Duration};

use osapi_metrics_rules::{Comparison, Limit};

/// A threshold that a metric is declared with: for an alert, and for the colours of a dashboard.
///
/// `#[metric(warning(above = 0.8, lasting = "15m"))]` declares one. What is compared with the value
/// depends on the kind of the metric:
///
/// | kind | compared |
/// |---|---|
/// | gauge, up-down counter | the value of each series |
/// | counter | the increase of each series per second: `above = 0` is any increase |
/// | histogram | a [quantile](Self::quantile) of the values |
///
/// ```
/// use std::time::Duration;
///
/// use osapi_metrics::{Gauge, MetricSet, descriptor::{Comparison, Severity, Threshold}};
///
/// /// The spool.
/// #[derive(MetricSet)]
/// struct SpoolMetrics {
///     /// Fill level of the spool.
///     #[metric(unit = "1", warning(above = 0.8, lasting = "15m"))]
///     spool_fill_ratio: Gauge,
/// }
///
/// let fifteen_minutes = Duration::from_secs(15 * 60);
/// assert_eq!(
///     SpoolMetrics::DESCRIPTORS[0].thresholds,
///     [Threshold::new(Severity::Warning, Comparison::Above, 0.8).lasting(fifteen_minutes)],
/// );
/// # SpoolMetrics::global().spool_fill_ratio.set(0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Threshold {
    /// How urgent it is that the threshold has been crossed.
    pub severity: Severity,
    /// How values that have crossed the threshold compare with its value.
    pub comparison: Comparison,
    /// The value, in the unit of the metric; for a counter, in its unit per second.
    pub value: f64,
    /// The quantile of a histogram that is compared, between 0 and 1. `None` for other metrics.
    pub quantile: Option<f64>,
    /// How long the values have to be beyond the threshold. Zero means at once.
    pub lasting: Duration,
}

/// How urgent it is that a threshold has been crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Somebody should look at it.
    Warning,
    /// Somebody has to act now.
    Critical,
}

impl Severity {
    /// The key in a declaration: `warning` or `critical`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Threshold {
    /// A threshold that is crossed at once.
    #[must_use]
    pub const fn new(severity: Severity, comparison: Comparison, value: f64) -> Self {
        Self { severity, comparison, value, quantile: None, lasting: Duration::ZERO }
    }

    /// Sets the quantile of a histogram that is compared: 0.95 for the value that 95 % of the
    /// values are below.
    #[must_use]
    pub const fn at_quantile(mut self, quantile: f64) -> Self {
        self.quantile = Some(quantile);
        self
    }

    /// Sets how long the values have to be beyond the threshold.
    #[must_use]
    pub const fn lasting(mut self, lasting: Duration) -> Self {
        self.lasting = lasting;
        self
    }

    /// The threshold as the rules see it.
    pub(super) const fn limit(&self) -> Limit {
        let Self { comparison, value, quantile, lasting, .. } = *self;
        Limit { comparison, value, quantile, lasting }
    }
}
