//! The templates of annotations, as Prometheus expands them.

use super::labels::Labels;

/// The value in thousands, millions and so on.
pub(super) const VALUE: &str = "{{ $value | humanize }}";
/// The value as a percentage.
pub(super) const PERCENTAGE: &str = "{{ $value | humanizePercentage }}";
/// The value, which is in seconds, as a duration.
pub(super) const DURATION: &str = "{{ $value | humanizeDuration }}";

/// The unit of a share of 1, which a person reads as a percentage.
pub(super) const SHARE: &str = "%";

/// The value of a label.
pub(super) fn label(name: &str) -> String {
    format!("{{{{ $labels.{name} }}}}")
}

/// A text of a declaration, which is not a template.
pub(super) fn literal(text: &str) -> String {
    text.replace("{{", "{ {")
}

/// The template of a value in this unit, with the unit. A [share](SHARE) is a percentage.
pub(super) fn of_unit(unit: Option<&str>) -> String {
    match unit {
        Some(SHARE) => PERCENTAGE.to_owned(),
        Some("s") => DURATION.to_owned(),
        Some("By") => format!("{VALUE}B"),
        None | Some("1" | "") => VALUE.to_owned(),
        Some(unit) => format!("{VALUE} {}", literal(unit.trim_matches(['{', '}']))),
    }
}

/// The text of a template for a series.
pub(super) fn expanded(template: &str, labels: &Labels, value: f64) -> String {
    let mut text = template.to_owned();
    for (template, value) in [
        (VALUE, humanized(value)),
        (PERCENTAGE, format!("{}%", general(value * 100.0))),
        (DURATION, humanized_duration(value)),
    ] {
        text = text.replace(template, &value);
    }
    for (name, value) in labels {
        text = text.replace(&label(name), value);
    }
    text
}

/// `humanize` of Prometheus.
fn humanized(value: f64) -> String {
    let mut value = value;
    let mut unit = "";
    if value.abs() >= 1.0 {
        for prefix in ["k", "M", "G", "T", "P", "E", "Z", "Y"] {
            if value.abs() < 1000.0 {
                break;
            }
            (value, unit) = (value / 1000.0, prefix);
        }
    } else if value != 0.0 {
        (value, unit) = reduced(value);
    }
    format!("{}{unit}", general(value))
}

/// `humanizeDuration` of Prometheus, for durations that are not negative.
#[expect(clippy::cast_possible_truncation, reason = "Prometheus truncates")]
fn humanized_duration(value: f64) -> String {
    if value == 0.0 {
        return "0s".to_owned();
    }
    if value.abs() < 1.0 {
        let (value, unit) = reduced(value);
        return format!("{}{unit}s", general(value));
    }
    let (sign, value) = if value < 0.0 { ("-", -value) } else { ("", value) };
    let whole = value as i64;
    let (seconds, minutes, hours) = (whole % 60, (whole / 60) % 60, (whole / 3600) % 24);
    let days = whole / 86_400;
    match (days, hours, minutes) {
        (1.., ..) => format!("{sign}{days}d {hours}h {minutes}m {seconds}s"),
        (_, 1.., _) => format!("{sign}{hours}h {minutes}m {seconds}s"),
        (_, _, 1..) => format!("{sign}{minutes}m {seconds}s"),
        _ => format!("{sign}{}s", general(value)),
    }
}

fn reduced(value: f64) -> (f64, &'static str) {
    let mut value = value;
    let mut unit = "";
    for prefix in ["m", "u", "n", "p", "f", "a", "z", "y"] {
        if value.abs() >= 1.0 {
            break;
        }
        (value, unit) = (value * 1000.0, prefix);
    }
    (value, unit)
}

/// `%.4g` of Go.
fn general(value: f64) -> String {
    let scientific = format!("{value:.3e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let without_zeros = |text: &str| {
        let is_fraction = text.contains('.');
        let text = if is_fraction { text.trim_end_matches('0') } else { text };
        text.trim_end_matches('.').to_owned()
    };
    if (-4..4).contains(&exponent) {
        let decimals = usize::try_from(3 - exponent).unwrap_or_default();
        return without_zeros(&format!("{value:.decimals$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", without_zeros(mantissa), exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_prometheus_writes_them() {
        for (value, expected) in [
            (0.0, "0"),
            (99.999_999_999_999_91, "100"),
            (57.2, "57.2"),
            (1200.0, "1.2k"),
            (0.05, "50m"),
            (999.99, "1000"),
            (4.875, "4.875"),
        ] {
            assert_eq!(humanized(value), expected);
        }
        for (value, expected) in
            [(4.875, "4.875s"), (0.05, "50ms"), (2400.0, "40m 0s"), (90_061.0, "1d 1h 1m 1s")]
        {
            assert_eq!(humanized_duration(value), expected);
        }
        assert_eq!(general(1.5e7), "1.5e+07");
        assert_eq!(general(0.000_012), "1.2e-05");
    }

    #[test]
    fn braces_of_a_declaration_are_no_template() {
        let labels = Labels::from([("job_name".to_owned(), "order.pay".to_owned())]);
        let text = format!("{} of {}: {}", VALUE, label("job_name"), literal("{{x}}"));
        assert_eq!(expanded(&text, &labels, 2.0), "2 of order.pay: { {x}}");
    }
}
