//! The time that a stop may take.

use std::time::{Duration, Instant};

/// Far above any sensible stop, and far below the length with which a clock overflows.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A grace period: the steps of a stop share it.
///
/// ```
/// use std::time::Duration;
/// use osapi_common::grace::GracePeriod;
///
/// let grace = GracePeriod::begin(Duration::from_secs(10));
/// assert!(grace.left() <= Duration::from_secs(10));
/// assert_eq!(GracePeriod::begin(Duration::ZERO).left(), Duration::ZERO);
/// assert!(GracePeriod::begin(Duration::MAX).left() <= Duration::from_secs(24 * 60 * 60));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GracePeriod {
    end: Instant,
}

impl GracePeriod {
    /// A grace period that begins now. It has a day at most.
    pub fn begin(length: Duration) -> Self {
        Self { end: Instant::now() + length.min(LONGEST) }
    }

    /// The time until the end; zero after it.
    pub fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}
