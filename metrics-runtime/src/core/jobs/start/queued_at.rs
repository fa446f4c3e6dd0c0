use std::time::{Duration, Instant, SystemTime};

use crate::core::sync::instant;

/// The time at which a job was queued, for `queued_at = …`, or was to run, for `scheduled_at = …`.
///
/// Clocks of two machines differ and can be set back. A time in the future counts as a wait of 0.
/// The beginning of 1970, which is the value of a field that was never set, and earlier times are
/// not recorded.
///
/// Convert times of other crates to a `SystemTime`: `queued_at = SystemTime::from(job.created_at)`
/// for chrono and jiff, `queued_at = UNIX_EPOCH + Duration::from_millis(job.created_at)` for a
/// number.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say when a job was queued",
    label = "not a point in time",
    note = "give a `SystemTime`, an `Instant`, or an `Option` of one; or implement `QueuedAt`"
)]
pub trait QueuedAt {
    /// The time that the job has waited until now, if it is known.
    fn waited(&self) -> Option<Duration>;
}

impl QueuedAt for SystemTime {
    fn waited(&self) -> Option<Duration> {
        let is_set = *self > SystemTime::UNIX_EPOCH;
        is_set.then(|| self.elapsed().unwrap_or_default())
    }
}

impl QueuedAt for Instant {
    fn waited(&self) -> Option<Duration> {
        Some(instant().saturating_duration_since(*self))
    }
}

impl<T: QueuedAt> QueuedAt for Option<T> {
    fn waited(&self) -> Option<Duration> {
        self.as_ref()?.waited()
    }
}

impl<T: QueuedAt + ?Sized> QueuedAt for &T {
    fn waited(&self) -> Option<Duration> {
        (**self).waited()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_differ_give_no_absurd_wait() {
        let hour = Duration::from_secs(3600);
        assert_eq!((SystemTime::now() + hour).waited(), Some(Duration::ZERO));
        assert_eq!((SystemTime::UNIX_EPOCH - hour).waited(), None);
        assert_eq!(SystemTime::UNIX_EPOCH.waited(), None);
        assert!((SystemTime::now() - hour).waited() >= Some(hour));
        assert_eq!(None::<SystemTime>.waited(), None);
    }
}
