//! The rules for thresholds of alerts (T1 to T4).

use core::{fmt, time::Duration};

use crate::{
    kind::InstrumentKind,
    message::Message,
    rendered::prometheus_name,
    text,
    unit::{Unit, parse_unit},
};

/// How the values of a metric compare with a threshold that they have crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// The values are greater.
    Above,
    /// The values are less.
    Below,
    /// The values are greater or equal.
    AtLeast,
    /// The values are less or equal.
    AtMost,
}

impl Comparison {
    /// All comparisons.
    pub const ALL: [Self; 4] = [Self::Above, Self::Below, Self::AtLeast, Self::AtMost];

    /// The key in a declaration: `above`, `below`, `at_least` or `at_most`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
        }
    }

    /// Whether greater values are worse.
    pub const fn is_upward(self) -> bool {
        matches!(self, Self::Above | Self::AtLeast)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A threshold, without its severity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// How values that have crossed the threshold compare with its value.
    pub comparison: Comparison,
    /// The value.
    pub value: f64,
    /// The quantile of a histogram that is compared.
    pub quantile: Option<f64>,
    /// How long the values have to be beyond the threshold.
    pub lasting: Duration,
}

/// T1: the mistake of a threshold whose value is not finite, and its remedy.
pub const fn explain_threshold_value(value: f64) -> Option<Message> {
    if value.is_finite() {
        return None;
    }
    Some(
        Message::new().text("the value of a threshold is a finite number; write one such as `0.8`"),
    )
}

/// T2: the mistake in the quantile of a threshold, or in its absence, and the remedy. A histogram
/// has a quantile between 0 and 1, and no other metric has one.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind::{Gauge, Histogram}, explain_quantile};
///
/// assert!(explain_quantile(Histogram, Some(0.95)).is_none());
/// assert!(explain_quantile(Histogram, None).is_some());
/// assert!(explain_quantile(Gauge, Some(0.95)).is_some());
/// ```
pub const fn explain_quantile(kind: InstrumentKind, quantile: Option<f64>) -> Option<Message> {
    let message = Message::new();
    match (kind, quantile) {
        (InstrumentKind::Histogram, None) => Some(message.text(
            "the threshold of a histogram is for a quantile of its values; add `quantile = 0.95`",
        )),
        (InstrumentKind::Histogram, Some(quantile)) if quantile > 0.0 && quantile < 1.0 => None,
        (InstrumentKind::Histogram, Some(quantile)) => {
            let message =
                message.text("a quantile is the share of the values below it, between 0 ");
            let message = message.text("and 1; write `quantile = ");
            // A percentile such as 95 is most likely meant.
            let is_percentile = quantile >= 50.0 && quantile < 100.0;
            let share = if is_percentile { quantile / 100.0 } else { 0.95 };
            Some(message.decimal(share).text("`"))
        }
        (_, None) => None,
        (_, Some(_)) => {
            let message = message.text("`quantile` does not fit ").text(kind.with_article());
            Some(message.text("; remove it, or make the metric a histogram"))
        }
    }
}

/// T3: the mistake of a threshold that the values of a ratio cannot reach, and its remedy. A ratio
/// is a gauge in `1` whose name in a scrape ends in `_ratio`.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind::Gauge, explain_ratio_threshold};
///
/// let fill = |value| explain_ratio_threshold("osapi_fill_ratio", Gauge, Some("1"), value);
/// assert!(fill(0.8).is_none());
/// assert!(fill(80.0).is_some_and(|message| message.as_str().ends_with("write `0.8`")));
/// ```
pub const fn explain_ratio_threshold(
    name: &str,
    kind: InstrumentKind,
    unit: Option<&str>,
    value: f64,
) -> Option<Message> {
    let Some(code) = unit else { return None };
    let is_gauge = matches!(kind, InstrumentKind::Gauge);
    if !is_gauge || !matches!(parse_unit(code), Ok(Unit::Dimensionless)) {
        return None;
    }
    let rendered = prometheus_name(name, unit, kind);
    if text::without_suffix(rendered.as_str().as_bytes(), b"ratio").is_none()
        || (value >= 0.0 && value <= 1.0)
    {
        return None;
    }
    let message = Message::new().text("a ratio is between 0 and 1, and ").decimal(value);
    let message = message.text(" is not; write ");
    // Such a number is most likely a percentage.
    Some(if value >= 2.0 && value <= 100.0 {
        message.text("`").decimal(value / 100.0).text("`")
    } else {
        message.text("a value between them")
    })
}

/// T3: the mistake of a threshold that no quantile can reach, and its remedy. Prometheus reports a
/// quantile among the values beyond the last boundary as the last boundary.
///
/// ```
/// use osapi_metrics_rules::{Comparison, explain_quantile_threshold};
///
/// let with = |comparison, value| explain_quantile_threshold(comparison, value, &[1.0, 5.0]);
/// assert!(with(Comparison::Above, 4.5).is_none());
/// assert!(with(Comparison::AtLeast, 5.0).is_none());
/// assert!(with(Comparison::Above, 5.0).is_some());
/// ```
pub const fn explain_quantile_threshold(
    comparison: Comparison,
    value: f64,
    boundaries: &[f64],
) -> Option<Message> {
    let [.., last] = boundaries else { return None };
    let is_above = matches!(comparison, Comparison::Above);
    if value < *last || (value <= *last && !is_above) {
        return None;
    }
    let message = Message::new().text("no quantile is seen above ").decimal(*last);
    let message = message.text(", the last boundary; write ");
    let message = if value > *last {
        message.text("a value within the boundaries")
    } else {
        message.text("`at_least = ").decimal(value).text("`")
    };
    let message = message.text(", or add a boundary beyond ").decimal(value);
    Some(message)
}

/// The part of a threshold in which `critical` contradicts `warning` (rule T4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeverityViolation {
    /// One severity is for greater values, the other for lesser values.
    Direction,
    /// The value of `critical` comes before the value of `warning`.
    Value,
    /// The values are equal, and `critical` does not last longer.
    Lasting,
}

/// T4: the contradiction between the two thresholds of a metric. Both have one direction, and
/// `critical` is beyond `warning`, or has the same value and lasts longer. The values of different
/// quantiles are not compared.
///
/// ```
/// use core::time::Duration;
///
/// use osapi_metrics_rules::{Comparison::Above, Limit, SeverityViolation, check_severities};
///
/// let above = |value| {
///     Limit { comparison: Above, value, quantile: None, lasting: Duration::ZERO }
/// };
/// assert_eq!(check_severities(&above(0.8), &above(0.9)), None);
/// assert_eq!(check_severities(&above(0.8), &above(0.7)), Some(SeverityViolation::Value));
/// assert_eq!(check_severities(&above(0.8), &above(0.8)), Some(SeverityViolation::Lasting));
/// ```
pub const fn check_severities(warning: &Limit, critical: &Limit) -> Option<SeverityViolation> {
    let upward = critical.comparison.is_upward();
    if warning.comparison.is_upward() != upward {
        return Some(SeverityViolation::Direction);
    }
    let same_quantile = match (warning.quantile, critical.quantile) {
        (Some(of_warning), Some(of_critical)) => of_warning.to_bits() == of_critical.to_bits(),
        (None, None) => true,
        _ => false,
    };
    if !same_quantile {
        return None;
    }
    let (near, far) =
        if upward { (warning.value, critical.value) } else { (critical.value, warning.value) };
    if near > far {
        Some(SeverityViolation::Value)
    } else if near >= far && critical.lasting.as_nanos() <= warning.lasting.as_nanos() {
        Some(SeverityViolation::Lasting)
    } else {
        None
    }
}

impl SeverityViolation {
    /// The mistake and its remedy.
    pub const fn message(&self, warning: &Limit, critical: &Limit) -> Message {
        let upward = critical.comparison.is_upward();
        let further = if upward { "greater" } else { "lesser" };
        let message = Message::new();
        match self {
            Self::Direction => message.text(
                "`warning` and `critical` are for values in opposite directions; write `above` or \
                 `at_least` in both, or `below` or `at_most`",
            ),
            Self::Value => message
                .text("`critical` (")
                .decimal(critical.value)
                .text(") comes before `warning` (")
                .decimal(warning.value)
                .text("); write a ")
                .text(further)
                .text(" value, or exchange them"),
            Self::Lasting => message
                .text("`critical` has the value of `warning` and does not last longer; write a ")
                .text(further)
                .text(" value, or a longer `lasting`"),
        }
    }
}
