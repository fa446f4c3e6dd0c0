//! The ranges of what is given on a command line. Each option with a number or a time has one.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

/// How long a stop may take, from nothing to an hour.
pub const GRACE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(60 * 60);

/// The parser of a whole number in this range, both ends included.
///
/// ```
/// let jobs = osapi_common::ranges::number(1..=1_000_u32);
/// assert_eq!(jobs("8"), Ok(8));
/// for given in ["0", "10000000", "1e3", "-1", "99999999999999999999"] {
///     let error = jobs(given).unwrap_err();
///     assert_eq!(error, "expected a whole number from 1 to 1000");
/// }
/// ```
pub fn number<T>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr + Display + PartialOrd + Clone + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| format!("expected a whole number from {least} to {most}"))
    }
}

/// The parser of a time in this range, both ends included, such as `1m 30s`.
///
/// ```
/// use std::time::Duration;
/// use osapi_common::ranges::{self, GRACE};
///
/// let grace = ranges::duration(GRACE);
/// assert_eq!(grace("10s"), Ok(Duration::from_secs(10)));
/// for given in ["soon", "10", "2h", "500000000y"] {
///     let error = grace(given).unwrap_err();
///     assert_eq!(error, "expected a duration from 0s to 1h, such as 10s or 1m30s");
/// }
/// ```
pub fn duration(
    range: RangeInclusive<Duration>,
) -> impl Fn(&str) -> Result<Duration, String> + Clone + Send + Sync + 'static {
    move |text| {
        let duration = humantime::parse_duration(text).ok();
        duration.filter(|duration| range.contains(duration)).ok_or_else(|| {
            let [least, most] =
                [range.start(), range.end()].map(|of| humantime::format_duration(*of));
            format!("expected a duration from {least} to {most}, such as 10s or 1m30s")
        })
    }
}
