//! What clients may take of a server.

use std::{fmt, ops::RangeInclusive, time::Duration};

/// The limits that keep clients from exhausting a [`Server`](super::Server).
///
/// ```
/// use std::time::Duration;
///
/// use osapi_metrics::http::ServerLimits;
///
/// let mut limits = ServerLimits::default();
/// limits.head_timeout = Duration::from_secs(5);
/// assert!(limits.check().is_ok());
///
/// limits.max_connections = 0;
/// let error = limits.check().unwrap_err().to_string();
/// assert_eq!(error, "max_connections: `0` is out of its range, 1 to 1000000");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerLimits {
    /// The longest time from the first byte of a request to the last byte of its head, and from the
    /// beginning of a connection to the end of its first head. 10 ms to 1 h, by default 10 s.
    pub head_timeout: Duration,
    /// The longest time between an answer and the first byte of the next request on a connection.
    /// 10 ms to 24 h; by default 75 s, a little longer than the scrape interval of one minute that
    /// Prometheus has without configuration.
    pub idle_timeout: Duration,
    /// The longest time that a client may leave the system's buffers full. 10 ms to 1 h, by default
    /// 30 s.
    pub write_timeout: Duration,
    /// The largest number of connections. Further connections wait until one ends. 1 to 1,000,000,
    /// by default 512: often a process may open 1,024 files only, and it needs some for its own
    /// work.
    pub max_connections: usize,
}

/// A limit is out of its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{limit}: `{given}` is out of its range, {allowed}")]
#[non_exhaustive]
pub struct LimitError {
    /// The field of [`ServerLimits`].
    pub limit: &'static str,
    /// The value that was given.
    pub given: String,
    /// The range, in words.
    pub allowed: String,
}

const SHORTEST: Duration = Duration::from_millis(10);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            max_connections: 512,
        }
    }
}

impl ServerLimits {
    /// Checks each limit.
    ///
    /// # Errors
    ///
    /// [`LimitError`] for the first limit that is out of its range.
    pub fn check(&self) -> Result<(), LimitError> {
        time("head_timeout", self.head_timeout, SHORTEST..=HOUR)?;
        time("idle_timeout", self.idle_timeout, SHORTEST..=DAY)?;
        time("write_timeout", self.write_timeout, SHORTEST..=HOUR)?;
        within("max_connections", &self.max_connections, &(1..=1_000_000), usize::to_string)
    }
}

fn time(
    limit: &'static str,
    given: Duration,
    allowed: RangeInclusive<Duration>,
) -> Result<(), LimitError> {
    let text = |time: &Duration| humantime::format_duration(*time).to_string();
    within(limit, &given, &allowed, text)
}

fn within<T: PartialOrd + fmt::Debug>(
    limit: &'static str,
    given: &T,
    allowed: &RangeInclusive<T>,
    text: impl Fn(&T) -> String,
) -> Result<(), LimitError> {
    if allowed.contains(given) {
        return Ok(());
    }
    let allowed = format!("{} to {}", text(allowed.start()), text(allowed.end()));
    Err(LimitError { limit, given: text(given), allowed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_has_a_range() {
        type Change = fn(&mut ServerLimits);
        assert_eq!(ServerLimits::default().check(), Ok(()));
        let table: [(Change, &str); 7] = [
            (
                |it| it.head_timeout = Duration::ZERO,
                "head_timeout: `0s` is out of its range, 10ms to 1h",
            ),
            (|it| it.head_timeout = Duration::from_secs(3_601), "head_timeout: `1h 1s` is"),
            (|it| it.idle_timeout = Duration::from_millis(9), "idle_timeout: `9ms` is"),
            (|it| it.idle_timeout = Duration::MAX, "10ms to 1day"),
            (|it| it.write_timeout = Duration::MAX, "write_timeout: "),
            (|it| it.max_connections = 0, "max_connections: `0` is out of its range, 1 to 1000000"),
            (|it| it.max_connections = usize::MAX, "max_connections: "),
        ];
        for (change, expected) in table {
            let mut limits = ServerLimits::default();
            change(&mut limits);
            let error = limits.check().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
