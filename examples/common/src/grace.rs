//! The time that a stop may take.

use std::time::{Duration, Instant};

/// A grace period: the steps of a stop share it.
///
/// ```
/// use std::time::Duration;
/// use osapi_common::grace::GracePeriod;
///
/// let grace = GracePeriod::begin(Duration::from_secs(10));
/// assert!(grace.left() <= Duration::from_secs(10));
/// assert_eq!(GracePeriod::begin(Duration::ZERO).left(), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GracePeriod {
    end: Instant,
}

impl GracePeriod {
    /// A grace period that begins now.
    pub fn begin(length: Duration) -> Self {
        Self { end: Instant::now() + length }
    }

    /// The time until the end; zero after it.
    pub fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}
