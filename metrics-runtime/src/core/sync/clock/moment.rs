use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, SystemTime},
};

use super::{machine, test_time};

/// A point in time, read from the cheapest clock of the machine.
///
/// Where the kernel keeps time by the processor's counter, jobs and timers read that counter: two
/// readings cost less than half of two readings of the system's clock. The counter is compared with
/// the system's clock once, for about a millisecond, and then has an error of some parts in a
/// hundred thousand.
///
/// On a thread that captures for a test, the time is that of the clock that the test has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(test_time::now().unwrap_or_else(machine::ticks))
    }

    /// The time since this moment; zero if another processor's counter is a little behind.
    #[inline]
    pub(crate) fn elapsed(self) -> Duration {
        Self::now().since(self)
    }

    /// The time from an earlier moment to this one.
    #[inline]
    pub(crate) fn since(self, earlier: Self) -> Duration {
        test_time::since(self.0, earlier.0).unwrap_or_else(|| {
            Duration::from_nanos(machine::nanoseconds(self.0.saturating_sub(earlier.0)))
        })
    }

    /// Whether this moment is later by a time that a person may notice: about 0.1 to 1 ms, which
    /// depends on the pace of the processor's counter.
    #[inline]
    pub(crate) fn is_later(self, than: Self) -> bool {
        match test_time::since(self.0, than.0) {
            Some(time) => time >= Duration::from_micros(500),
            None => self.0.saturating_sub(than.0) >= 1 << 19,
        }
    }

    /// The time that the system's clock showed at this moment, in seconds since 1970. `None` if the
    /// clock is set to a time before 1970. The clock is read at most once a second.
    #[inline]
    pub(crate) fn unix_seconds(self) -> Option<f64> {
        let nanos = test_time::nanoseconds(self.0).unwrap_or_else(|| machine::nanoseconds(self.0));
        let compared_at = WALL.compared_at.load(Ordering::Acquire);
        if compared_at == 0 || nanos.saturating_sub(compared_at) >= 1_000_000_000 {
            WALL.compare();
        }
        let zero = f64::from_bits(WALL.zero.load(Ordering::Relaxed));
        (zero > 0.0).then(|| zero + nanos as f64 / 1e9)
    }

    /// The moment as a number that is not 0, for an atomic.
    #[inline]
    pub(crate) fn to_bits(self) -> u64 {
        self.0.max(1)
    }

    #[inline]
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Compares the clocks on another thread, so that neither the caller nor the first job waits
    /// for it.
    pub(crate) fn prepare() {
        // Without the thread, the first job waits.
        let _ = thread::Builder::new().name("osapi-clock".to_owned()).spawn(machine::prepare);
    }
}

/// The system's clock of dates, which can be set, in relation to the clock of moments, which
/// cannot.
struct Wall {
    /// The bits of the seconds from 1970 to moment 0, or 0 if they are not known.
    zero: AtomicU64,
    /// When the clocks were last compared, in nanoseconds from moment 0.
    compared_at: AtomicU64,
}

static WALL: Wall = Wall { zero: AtomicU64::new(0), compared_at: AtomicU64::new(0) };

impl Wall {
    #[cold]
    fn compare(&self) {
        let now = machine::nanoseconds(machine::ticks());
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let zero = unix.saturating_sub(Duration::from_nanos(now));
        self.zero.store(zero.as_secs_f64().to_bits(), Ordering::Relaxed);
        self.compared_at.store(now.max(1), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_moment_has_a_date() {
        let unix = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
        let before = unix();
        let date = Moment::now().unix_seconds().unwrap();
        let after = unix();
        // The clocks may differ a little.
        assert!(before - 0.1 <= date && date <= after + 0.1, "{before} {date} {after}");
    }

    /// Holds however long the machine pauses the test between two readings.
    #[test]
    fn both_clocks_agree() {
        let first = Instant::now();
        let moment = Moment::now();
        let second = Instant::now();
        while second.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        let at_least = second.elapsed();
        let elapsed = moment.elapsed();
        let at_most = first.elapsed();
        assert!(at_least.mul_f64(0.999) <= elapsed, "{elapsed:?} of at least {at_least:?}");
        assert!(elapsed <= at_most.mul_f64(1.001), "{elapsed:?} of at most {at_most:?}");
    }
}
