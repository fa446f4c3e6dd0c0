use osapi_metrics_rules::{
    Comparison, InstrumentKind, Message, check_severities, explain_quantile,
    explain_quantile_threshold, explain_ratio_threshold, explain_threshold_value,
};

use super::super::{
    metric::MetricDescriptor,
    threshold::{Severity, Threshold},
};

/// Refuses a threshold that no quantile can reach (rule T3), for boundaries that a constant has.
///
/// # Panics
///
/// At compile time, with the last boundary.
#[doc(hidden)]
#[track_caller]
pub const fn assert_quantile_threshold(comparison: Comparison, value: f64, boundaries: &[f64]) {
    if let Some(mistake) = explain_quantile_threshold(comparison, value, boundaries) {
        panic!("{}", mistake.as_str());
    }
}

/// The mistakes in the thresholds of a metric (rules T1 to T4), a line for each.
pub(super) const fn explain_thresholds(metric: &MetricDescriptor) -> Message {
    let mut mistakes = Message::new();
    let (mut warning, mut critical) = (None, None);
    let mut rest = metric.thresholds;
    while let [threshold, others @ ..] = rest {
        rest = others;
        mistakes = mistakes.and(&explain_threshold(metric, threshold));
        let of_severity = match threshold.severity {
            Severity::Warning => &mut warning,
            Severity::Critical => &mut critical,
        };
        if of_severity.is_some() {
            let message = Message::new().text("two thresholds are `");
            let message = message.text(threshold.severity.as_str());
            mistakes = mistakes.and(&message.text("`; remove one of them"));
        }
        *of_severity = Some(threshold.limit());
    }
    if let (Some(warning), Some(critical)) = (warning, critical)
        && let Some(violation) = check_severities(&warning, &critical)
    {
        mistakes = mistakes.and(&violation.message(&warning, &critical));
    }
    mistakes
}

const fn explain_threshold(metric: &MetricDescriptor, threshold: &Threshold) -> Message {
    let MetricDescriptor { name, kind, unit, buckets, .. } = *metric;
    let Threshold { comparison, value, quantile, .. } = *threshold;
    let mistakes = match explain_quantile(kind, quantile) {
        Some(mistake) => mistake,
        None => Message::new(),
    };
    let mistake = match explain_threshold_value(value) {
        Some(mistake) => Some(mistake),
        None if matches!(kind, InstrumentKind::Histogram) => {
            explain_quantile_threshold(comparison, value, buckets)
        }
        None => explain_ratio_threshold(name, kind, unit, value),
    };
    match mistake {
        Some(mistake) => mistakes.and(&mistake),
        None => mistakes,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::core::descriptor::ValueType;

    const WARNING: Threshold = Threshold::new(Severity::Warning, Comparison::Above, 0.8);
    const CRITICAL: Threshold = Threshold::new(Severity::Critical, Comparison::Above, 0.9);

    const FILL: MetricDescriptor =
        MetricDescriptor::new("osapi_fill_ratio", InstrumentKind::Gauge, ValueType::F64)
            .with_unit("1");

    const WAIT: MetricDescriptor =
        MetricDescriptor::new("osapi_wait_seconds", InstrumentKind::Histogram, ValueType::F64)
            .with_unit("s")
            .with_buckets(&[0.5, 1.0]);

    fn mistakes(metric: &MetricDescriptor, thresholds: &[Threshold]) -> String {
        let thresholds = Box::leak(thresholds.to_vec().into_boxed_slice());
        explain_thresholds(&metric.with_thresholds(thresholds)).to_string()
    }

    #[test]
    fn thresholds_that_keep_the_rules_pass() {
        assert_eq!(mistakes(&FILL, &[WARNING, CRITICAL]), "");
        assert_eq!(mistakes(&FILL, &[CRITICAL]), "");
        let longer = Threshold { value: 0.8, ..CRITICAL }.lasting(Duration::from_secs(1));
        assert_eq!(mistakes(&FILL, &[longer, WARNING]), "");
        let of_median = Threshold { value: 0.2, ..CRITICAL }.at_quantile(0.5);
        assert_eq!(mistakes(&WAIT, &[WARNING.at_quantile(0.99), of_median]), "");
    }

    #[test]
    fn every_mistake_is_one_line() {
        let with = |comparison, value| Threshold { comparison, value, ..CRITICAL };
        for (metric, thresholds, message) in [
            (
                &FILL,
                &[with(Comparison::Above, f64::NAN)][..],
                "the value of a threshold is a finite",
            ),
            (
                &FILL,
                &[with(Comparison::Above, -0.5)],
                "a ratio is between 0 and 1, and -0.5 is not",
            ),
            (&FILL, &[WARNING.at_quantile(0.5)], "`quantile` does not fit a gauge"),
            (&FILL, &[WARNING, WARNING], "two thresholds are `warning`"),
            (&FILL, &[WARNING, with(Comparison::Below, 0.9)], "in opposite directions"),
            (&FILL, &[WARNING, with(Comparison::Above, 0.7)], "`critical` (0.7) comes before"),
            (&FILL, &[WARNING, with(Comparison::AtLeast, 0.8)], "does not last longer"),
            (&WAIT, &[WARNING], "the threshold of a histogram is for a quantile"),
            (&WAIT, &[WARNING.at_quantile(1.0)], "a quantile is the share of the values"),
            (
                &WAIT,
                &[with(Comparison::Above, 1.0).at_quantile(0.5)],
                "no quantile is seen above 1, the last boundary; write `at_least = 1`",
            ),
        ] {
            let mistakes = mistakes(metric, thresholds);
            assert!(mistakes.contains(message) && mistakes.contains("; "), "{mistakes}");
            assert_eq!(mistakes.lines().count(), 1, "{mistakes}");
        }
    }

    #[test]
    #[should_panic(expected = "no quantile is seen above 5, the last boundary")]
    fn a_threshold_beyond_the_boundaries_of_a_constant_is_refused() {
        assert_quantile_threshold(Comparison::AtMost, 5.5, &[1.0, 5.0]);
    }
}
