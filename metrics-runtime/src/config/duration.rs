//! Lengths of time: with a unit in documents and in this framework's variables, in milliseconds in
//! OpenTelemetry's variables.

use std::time::Duration;

use super::error::InvalidValue;

const SHORTEST: Duration = Duration::from_millis(1);
/// Far above any sensible interval, and far below the length at which adding it to a clock's
/// reading could overflow.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads `60s`, `500ms` or `1m30s`. A number without a unit is rejected, because it could
/// mean seconds or milliseconds.
pub(super) fn duration(text: &str) -> Result<Duration, InvalidValue> {
    allowed(humantime::parse_duration(text).ok())
}

/// Checks a duration that the program gives.
pub(super) fn allowed(duration: Option<Duration>) -> Result<Duration, InvalidValue> {
    duration.filter(|duration| (SHORTEST..=LONGEST).contains(duration)).ok_or_else(|| {
        "a duration with its unit from `1ms` to `24h`, such as `60s`, `500ms` or `1m30s`".into()
    })
}

/// Reads the longest time that a scrape may take. A client that reads slowly holds its permit for
/// twice as long, so the limit is short.
pub(super) fn scrape_timeout(text: &str) -> Result<Duration, InvalidValue> {
    allowed_scrape_timeout(duration(text).ok())
}

/// Checks the longest time that a scrape may take.
pub(super) fn allowed_scrape_timeout(duration: Option<Duration>) -> Result<Duration, InvalidValue> {
    let (shortest, longest) = (Duration::from_secs(1), Duration::from_secs(5 * 60));
    duration
        .filter(|duration| (shortest..=longest).contains(duration))
        .ok_or_else(|| "a duration with its unit from `1s` to `5m`, such as `15s`".into())
}

/// Reads a whole number of milliseconds, the format of durations in variables of the OpenTelemetry
/// specification.
pub(super) fn milliseconds(text: &str) -> Result<Duration, InvalidValue> {
    text.parse()
        .ok()
        .map(Duration::from_millis)
        .filter(|duration| (SHORTEST..=LONGEST).contains(duration))
        .ok_or_else(|| "a whole number of milliseconds from 1 to 86400000, such as `60000`".into())
}

/// Reads the same from a number.
pub(super) fn milliseconds_number(number: i128) -> Result<Duration, InvalidValue> {
    milliseconds(&number.to_string())
}

/// Reads a time limit of OpenTelemetry's declarative configuration, in which 0 stands for none: the
/// longest time.
pub(super) fn time_limit(number: i128) -> Result<Duration, InvalidValue> {
    if number == 0 { Ok(LONGEST) } else { milliseconds_number(number) }
        .map_err(|_| "a whole number of milliseconds from 0 to 86400000, such as `10000`; 0 stands for the most".into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, milliseconds};

    #[test]
    fn durations_have_a_unit() {
        for (text, millis) in [
            ("60s", 60_000),
            ("500ms", 500),
            ("1m30s", 90_000),
            ("1m 30s", 90_000),
            ("1.5s", 1_500),
            ("24h", 86_400_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in [
            "",
            "60",
            "0s",
            "-1s",
            "s",
            "60 parsecs",
            "25h",
            "999us",
            "1e3s",
            "99999999999999999999s",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn milliseconds_are_whole_numbers() {
        assert_eq!(milliseconds("60000"), Ok(Duration::from_secs(60)));
        for text in ["", "0", "-1", "1.5", "60s", "86400001", "99999999999999999999"] {
            assert!(milliseconds(text).is_err(), "{text}");
        }
    }
}
