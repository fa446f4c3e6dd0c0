//! Times in answers.

use std::time::{Duration, SystemTime};

/// The first moment of the year 10000, which RFC 3339 cannot write.
const YEAR_10000: Duration = Duration::from_secs(253_402_300_800);

/// A time as RFC 3339 writes it, with microseconds; `None` if it cannot: before 1970, or after the
/// year 9999. A record of another program, or a damaged one, may have any time.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use osapi_common::time::timestamp;
///
/// let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_500);
/// assert_eq!(timestamp(time).as_deref(), Some("1970-01-01T00:00:01.500000Z"));
/// assert_eq!(timestamp(time + Duration::from_secs(1 << 40)), None);
/// ```
pub fn timestamp(time: SystemTime) -> Option<String> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    (since < YEAR_10000).then(|| humantime::format_rfc3339_micros(time).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_has_a_text_or_none() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let last = YEAR_10000.as_secs() - 1;
        assert_eq!(timestamp(at(last)).as_deref(), Some("9999-12-31T23:59:59.000000Z"));
        let last_micros = at(last) + Duration::from_nanos(999_999_999);
        assert_eq!(timestamp(last_micros).as_deref(), Some("9999-12-31T23:59:59.999999Z"));
        for time in [
            at(YEAR_10000.as_secs()),
            at(1 << 60),
            SystemTime::UNIX_EPOCH + Duration::from_micros(u64::MAX),
            SystemTime::UNIX_EPOCH - Duration::from_nanos(1),
        ] {
            assert_eq!(timestamp(time), None, "{time:?}");
        }
    }
}
