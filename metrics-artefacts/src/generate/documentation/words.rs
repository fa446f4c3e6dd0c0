//! Numbers, times, thresholds and objectives, in words.

use std::fmt::Write;

use osapi_metrics::catalogue::document::{MetricDocument, ObjectiveDocument, ThresholdDocument};

/// A number with at most ten decimal places, in which a share such as `1 - 0.99` is exact.
pub(super) fn number(number: f64) -> String {
    let rounded = format!("{number:.10}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    // Digits beyond what a float has, and numbers that ten places cannot show.
    if number != 0.0 && !(1e-6..1e15).contains(&number.abs()) {
        return format!("{number:e}");
    }
    short.to_owned()
}

/// A time as a person says it: `5 s`, `15 min`, `1 h 30 min`.
pub(super) fn duration(seconds: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s")];
    if seconds <= 0.0 {
        return "0 s".to_owned();
    }
    if seconds < 1.0 {
        return format!("{} ms", number(seconds * 1_000.0));
    }
    if seconds >= 1e9 {
        return format!("{} s", number(seconds));
    }
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (length, unit) in UNITS {
        let count = if unit == "s" { rest } else { (rest / length).floor() };
        if number(count) != "0" {
            parts.push(format!("{} {unit}", number(count)));
            rest -= count * length;
        }
    }
    parts.join(" ")
}

/// A value with the unit of the metric: `1 s`, `256 bytes`, `0.2`, `10`.
pub(super) fn value(value: f64, unit: Option<&str>) -> String {
    match unit {
        Some("s") => duration_or_seconds(value),
        Some("By") => format!("{} bytes", number(value)),
        Some(unit) if unit != "1" && !unit.starts_with('{') => format!("{} {unit}", number(value)),
        _ => number(value),
    }
}

fn duration_or_seconds(value: f64) -> String {
    if value > 0.0 { duration(value) } else { format!("{} s", number(value)) }
}

/// What a threshold says: `above 10 per second for 2 min`.
pub(super) fn threshold(threshold: &ThresholdDocument, metric: &MetricDocument) -> String {
    let ThresholdDocument { comparison, quantile, lasting_seconds, .. } = threshold;
    let comparison = match comparison.as_str() {
        "at_least" => "at least",
        "at_most" => "at most",
        other => other,
    };
    let of = match (metric.kind.as_str(), quantile) {
        (_, Some(quantile)) => format!("the quantile {} is ", number(*quantile)),
        ("counter", None) => "the increase is ".to_owned(),
        _ => String::new(),
    };
    let per = if metric.kind == "counter" { " per second" } else { "" };
    let value = value(threshold.value, metric.unit.as_deref());
    let lasting = if *lasting_seconds > 0.0 {
        format!(" for {}", duration(*lasting_seconds))
    } else {
        String::new()
    };
    format!("{of}{comparison} {value}{per}{lasting}")
}

/// What an objective asks for, and how much may go wrong.
pub(super) fn objective(objective: &ObjectiveDocument) -> String {
    let ObjectiveDocument { latency_seconds, target, min_events, .. } = objective;
    let budget = 1.0 - target;
    let mut words = format!(
        "{} of the jobs complete within {}. The error budget is {}: ",
        percent(*target),
        duration(*latency_seconds),
        percent(budget)
    );
    // The fewest jobs, in powers of ten, of which a whole one may fail.
    let powers = [10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
    let jobs = powers.into_iter().find(|jobs| budget * jobs > 0.999);
    if let Some(jobs) = jobs {
        let bad = number((budget * jobs * 10.0).round() / 10.0);
        let _ = write!(words, "of {} jobs, {bad} may fail or take longer.", number(jobs));
    } else {
        words.push_str("not one of a million jobs may fail or take longer.");
    }
    if let Some(events) = min_events {
        let _ = write!(words, " Alerts count from {events} jobs in their shortest window on.");
    }
    words
}

fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_short() {
        for (value, expected) in [
            (1.0 - 0.99, "0.01"),
            (99.0, "99"),
            (100.0, "100"),
            (0.0, "0"),
            (-2.5, "-2.5"),
            (1_048_576.0, "1048576"),
            (2e-9, "2e-9"),
            (1e300, "1e300"),
        ] {
            assert_eq!(number(value), expected);
        }
        for (seconds, expected) in [
            (0.0, "0 s"),
            (0.25, "250 ms"),
            (2.5, "2.5 s"),
            (60.0, "1 min"),
            (5_400.0, "1 h 30 min"),
            (2_592_000.0, "30 d"),
        ] {
            assert_eq!(duration(seconds), expected);
        }
    }
}
