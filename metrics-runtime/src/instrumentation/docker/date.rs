//! Dates in the answers of the engine.

use std::time::{Duration, SystemTime};

/// A date of RFC 3339, in UTC as Docker writes it or with the offset that Podman may add. `None`
/// for the year 1, which stands for no date, and for what is no date.
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    let (local, ahead) = match text.strip_suffix('Z') {
        Some(local) => (local, 0),
        None => {
            let (local, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
            (local, seconds_ahead(offset)?)
        }
    };
    let date = humantime::parse_rfc3339(&format!("{local}Z")).ok()?;
    let offset = Duration::from_secs(ahead.unsigned_abs());
    if ahead < 0 { date.checked_add(offset) } else { date.checked_sub(offset) }
}

/// The seconds of an offset such as `+02:00`.
fn seconds_ahead(offset: &str) -> Option<i64> {
    let (sign, time) = match offset.as_bytes().first()? {
        b'+' => (1, &offset[1..]),
        b'-' => (-1, &offset[1..]),
        _ => return None,
    };
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    Some(sign * i64::from(hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<f64> {
        let since = parse(text)?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(since.as_secs_f64())
    }

    #[test]
    fn dates_have_fractions_and_offsets() {
        assert_eq!(seconds("1970-01-02T00:00:00Z"), Some(86_400.0));
        assert_eq!(seconds("1970-01-01T00:00:01.5Z"), Some(1.5));
        assert_eq!(seconds("1970-01-01T02:00:00.25+02:00"), Some(0.25));
        assert_eq!(seconds("1969-12-31T18:30:00.000000001-05:30"), None, "before 1970");
        assert_eq!(seconds("1970-01-01T00:00:00-05:30"), Some(19_800.0));
    }

    #[test]
    fn no_date_is_none() {
        let others = ["0001-01-01T00:00:00Z", "", "Z", "yesterday", "ää+00:00", "1970-01-01T00:00"];
        for text in others {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
