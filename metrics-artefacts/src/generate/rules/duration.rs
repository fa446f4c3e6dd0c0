//! Durations as Prometheus writes them.

/// The units, the longest first, in milliseconds.
const UNITS: [(u64, &str); 5] =
    [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];

/// A duration in the longest unit that it is a multiple of, as in `90m`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they saturate")]
pub(super) fn text(seconds: f64) -> String {
    let milliseconds = (seconds * 1000.0).round() as u64;
    if milliseconds == 0 {
        return "0s".to_owned();
    }
    let unit = UNITS.iter().find(|(unit, _)| milliseconds.is_multiple_of(*unit));
    let (unit, name) = unit.unwrap_or(&UNITS[4]);
    format!("{}{name}", milliseconds / unit)
}

/// The minutes of a duration, rounded up.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they saturate")]
pub(super) fn minutes(seconds: f64) -> u64 {
    (seconds / 60.0).ceil() as u64
}

/// The number of seconds in a unit of time by its UCUM code; `None` for another unit.
pub(super) fn seconds_in(unit: Option<&str>) -> Option<f64> {
    Some(match unit? {
        "s" => 1.0,
        "ms" => 1e-3,
        "us" => 1e-6,
        "ns" => 1e-9,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_the_longest_unit_that_is_exact() {
        for (seconds, expected) in [
            (0.0, "0s"),
            (300.0, "5m"),
            (90.0, "90s"),
            (86_400.0, "1d"),
            (259_200.0, "3d"),
            (5400.0, "90m"),
            (1.5, "1500ms"),
        ] {
            assert_eq!(text(seconds), expected);
        }
        assert_eq!(minutes(61.0), 2);
    }
}
