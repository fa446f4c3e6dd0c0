use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use quanta::Clock;

/// A point in time, read from the cheapest clock of the machine.
///
/// Where the kernel keeps time by the processor's counter, jobs and timers read that counter: two
/// readings cost less than half of two readings of the system's clock. The counter is compared with
/// the system's clock once, for about a millisecond, and then has an error of some parts in a
/// hundred thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

static SOURCE: LazyLock<ClockSource> = LazyLock::new(ClockSource::of_this_machine);

enum ClockSource {
    /// The processor's counter.
    Counter { clock: Clock, pace: Pace },
    /// The system's clock, in nanoseconds since the first reading.
    System(Instant),
}

/// How many nanoseconds `2^32` ticks of the counter are.
#[derive(Clone, Copy, Debug)]
struct Pace(u64);

impl ClockSource {
    fn of_this_machine() -> Self {
        if kernel_keeps_time_by_the_counter() {
            let clock = Clock::new();
            let pace = Pace(clock.delta_as_nanos(0, 1 << 32));
            Self::Counter { clock, pace }
        } else {
            Self::System(Instant::now())
        }
    }
}

impl Pace {
    #[inline]
    fn nanoseconds(self, ticks: u64) -> u64 {
        let product = u128::from(ticks) * u128::from(self.0);
        u64::try_from(product >> 32).unwrap_or(u64::MAX)
    }
}

/// Whether the kernel trusts the processor's counter: a counter that stops, changes its pace or
/// differs between processors is not a clock.
fn kernel_keeps_time_by_the_counter() -> bool {
    let in_use = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    let known = ["tsc", "arch_sys_counter"];
    cfg!(target_os = "linux")
        && std::fs::read_to_string(in_use).is_ok_and(|source| known.contains(&source.trim()))
}

impl Moment {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(match &*SOURCE {
            ClockSource::Counter { clock, .. } => clock.raw(),
            ClockSource::System(first) => {
                u64::try_from(first.elapsed().as_nanos()).unwrap_or(u64::MAX)
            }
        })
    }

    /// The time since this moment; zero if another processor's counter is a little behind.
    #[inline]
    pub(crate) fn elapsed(self) -> Duration {
        Self::now().since(self)
    }

    /// The time from an earlier moment to this one.
    #[inline]
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(nanoseconds(self.0.saturating_sub(earlier.0)))
    }

    /// Whether this moment is later by a time that a person may notice: about 0.1 to 1 ms, which
    /// depends on the pace of the processor's counter.
    #[inline]
    pub(crate) fn is_later(self, than: Self) -> bool {
        self.0.saturating_sub(than.0) >= 1 << 19
    }

    /// The time that the system's clock showed at this moment, in seconds since 1970. `None` if the
    /// clock is set to a time before 1970. The clock is read at most once a second.
    #[inline]
    pub(crate) fn unix_seconds(self) -> Option<f64> {
        let nanos = nanoseconds(self.0);
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
        let compare = || {
            LazyLock::force(&SOURCE);
        };
        // Without the thread, the first job waits.
        let _ = thread::Builder::new().name("osapi-clock".to_owned()).spawn(compare);
    }
}

/// Converts ticks of the clock source to nanoseconds.
#[inline]
fn nanoseconds(ticks: u64) -> u64 {
    match &*SOURCE {
        ClockSource::Counter { pace, .. } => pace.nanoseconds(ticks),
        ClockSource::System(_) => ticks,
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
        let now = nanoseconds(Moment::now().0);
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let zero = unix.saturating_sub(Duration::from_nanos(now));
        self.zero.store(zero.as_secs_f64().to_bits(), Ordering::Relaxed);
        self.compared_at.store(now.max(1), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_become_nanoseconds_at_their_pace() {
        // 2.5 GHz: a tick is 0.4 ns.
        let pace = Pace((1 << 32) / 5 * 2);
        assert_eq!(pace.nanoseconds(0), 0);
        assert!(pace.nanoseconds(2_500_000_000).abs_diff(1_000_000_000) <= 1);
        assert_eq!(Pace(u64::MAX).nanoseconds(u64::MAX), u64::MAX);
    }

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
