//! Thresholds as bands of colour.

use osapi_metrics::catalogue::document::ThresholdDocument;
use serde_json::{Value, json};

/// The steps of a panel: the colour from each value on, the first one without a lower end. Green
/// without thresholds.
pub(super) fn steps(thresholds: &[ThresholdDocument]) -> Value {
    let mut ends: Vec<_> = thresholds.iter().map(|threshold| threshold.value).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    let colour_between = |low: Option<f64>, high: Option<f64>| {
        let inside = match (low, high) {
            (Some(low), Some(high)) => low + (high - low) / 2.0,
            (None, Some(high)) => high - 1.0,
            (Some(low), None) => low + 1.0,
            (None, None) => 0.0,
        };
        colour(thresholds, inside)
    };
    let mut steps = vec![json!({
        "color": colour_between(None, ends.first().copied()),
        "value": null,
    })];
    for (at, &end) in ends.iter().enumerate() {
        let colour = colour_between(Some(end), ends.get(at + 1).copied());
        if steps.last().is_none_or(|step| step["color"] != colour) {
            steps.push(json!({ "color": colour, "value": end }));
        }
    }
    Value::from(steps)
}

/// The colour of a value that is no threshold itself.
fn colour(thresholds: &[ThresholdDocument], value: f64) -> &'static str {
    let beyond = |severity: &str| {
        thresholds.iter().any(|threshold| {
            threshold.severity == severity
                && match threshold.comparison.as_str() {
                    "below" | "at_most" => value < threshold.value,
                    _ => value > threshold.value,
                }
        })
    };
    match (beyond("critical"), beyond("warning")) {
        (true, _) => "red",
        (false, true) => "yellow",
        (false, false) => "green",
    }
}

/// Whether the thresholds ask for high values, so that the lowest series is the worst one.
pub(super) fn are_lower(thresholds: &[ThresholdDocument]) -> bool {
    let is_lower =
        |threshold: &ThresholdDocument| ["below", "at_most"].contains(&&*threshold.comparison);
    !thresholds.is_empty() && thresholds.iter().all(is_lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds(of: &[(&str, &str, f64)]) -> Vec<ThresholdDocument> {
        let threshold = |(severity, comparison, value): &(&str, &str, f64)| {
            let json = json!({
                "severity": severity, "comparison": comparison, "value": value,
            });
            serde_json::from_value(json).unwrap()
        };
        of.iter().map(threshold).collect()
    }

    #[test]
    fn a_band_has_the_colour_of_the_gravest_threshold_that_is_passed() {
        for (of, expected) in [
            (&[][..], json!([{"color": "green", "value": null}])),
            (
                &[("critical", "above", 0.1), ("warning", "at_least", 0.05)],
                json!([{"color": "green", "value": null}, {"color": "yellow", "value": 0.05},
                       {"color": "red", "value": 0.1}]),
            ),
            (
                &[("warning", "below", 0.2), ("critical", "below", 0.1)],
                json!([{"color": "red", "value": null}, {"color": "yellow", "value": 0.1},
                       {"color": "green", "value": 0.2}]),
            ),
            (
                &[("warning", "below", 10.0), ("critical", "above", 90.0)],
                json!([{"color": "yellow", "value": null}, {"color": "green", "value": 10.0},
                       {"color": "red", "value": 90.0}]),
            ),
            // The graver one begins first.
            (
                &[("critical", "above", 1.0), ("warning", "above", 2.0)],
                json!([{"color": "green", "value": null}, {"color": "red", "value": 1.0}]),
            ),
        ] {
            assert_eq!(steps(&thresholds(of)), expected, "{of:?}");
        }
    }

    #[test]
    fn lower_thresholds_are_known() {
        assert!(are_lower(&thresholds(&[("warning", "below", 1.0)])));
        assert!(!are_lower(&thresholds(&[("warning", "below", 1.0), ("warning", "above", 2.0)])));
        assert!(!are_lower(&[]));
    }
}
