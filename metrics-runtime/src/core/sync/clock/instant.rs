use std::time::Instant;

use super::super::scope;

/// The current time of `Instant`s. On a thread that captures for a test, the time of the clock that
/// the test has set.
#[inline]
pub(crate) fn instant() -> Instant {
    scope::instant().unwrap_or_else(Instant::now)
}
