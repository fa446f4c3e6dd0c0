use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use quanta::Clock;

/// A moment, as cheaply as the machine can tell it.
///
/// Where the kernel itself keeps time by the processor's counter, so do jobs and timers: two looks at
/// it cost less than half of two at the system's clock. It is compared with the system's clock
/// once, for about a millisecond, and is then right to some parts in a hundred thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

static SOURCE: LazyLock<Source> = LazyLock::new(Source::of_this_machine);

enum Source {
    /// The processor's counter.
    Counter { clock: Clock, pace: Pace },
    /// The system's clock, in nanoseconds since the first look.
    System(Instant),
}

/// How many nanoseconds `2^32` ticks of the counter are.
#[derive(Clone, Copy, Debug)]
struct Pace(u64);

impl Source {
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

/// A counter that stops, changes its pace or differs between processors is no clock, and the kernel
/// knows.
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
            Source::Counter { clock, .. } => clock.raw(),
            Source::System(first) => u64::try_from(first.elapsed().as_nanos()).unwrap_or(u64::MAX),
        })
    }

    /// How long ago it was; nothing, if another processor's counter is a little behind.
    #[inline]
    pub(crate) fn elapsed(self) -> Duration {
        Self::now().since(self)
    }

    /// How long after an earlier moment it is.
    #[inline]
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(nanoseconds(self.0.saturating_sub(earlier.0)))
    }

    /// Whether it is later by a time that a person may notice: from about a tenth of a millisecond to
    /// one, as the processor's counter goes.
    #[inline]
    pub(crate) fn is_later(self, than: Self) -> bool {
        self.0.saturating_sub(than.0) >= 1 << 19
    }

    /// The time that the system's clock showed then, in seconds since 1970, unless the clock is set to
    /// a time before. The clock is looked at once a second and no more often.
    #[inline]
    pub(crate) fn unix_seconds(self) -> Option<f64> {
        let nanos = nanoseconds(self.0);
        let looked_at = WALL.looked_at.load(Ordering::Acquire);
        if looked_at == 0 || nanos.saturating_sub(looked_at) >= 1_000_000_000 {
            WALL.look();
        }
        let zero = f64::from_bits(WALL.zero.load(Ordering::Relaxed));
        (zero > 0.0).then(|| zero + nanos as f64 / 1e9)
    }

    /// As a number that is not 0, to keep in an atomic.
    #[inline]
    pub(crate) fn to_bits(self) -> u64 {
        self.0.max(1)
    }

    #[inline]
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Lets the first job not wait until the clocks are compared.
    pub(crate) fn prepare() {
        LazyLock::force(&SOURCE);
    }
}

/// What a number of ticks is in nanoseconds.
#[inline]
fn nanoseconds(ticks: u64) -> u64 {
    match &*SOURCE {
        Source::Counter { pace, .. } => pace.nanoseconds(ticks),
        Source::System(_) => ticks,
    }
}

/// The system's clock of dates, which can be set, beside that of moments, which cannot.
struct Wall {
    /// The bits of the seconds from 1970 to the moment 0, or 0 if that is not known.
    zero: AtomicU64,
    /// When they were last compared, in nanoseconds from the moment 0.
    looked_at: AtomicU64,
}

static WALL: Wall = Wall { zero: AtomicU64::new(0), looked_at: AtomicU64::new(0) };

impl Wall {
    #[cold]
    fn look(&self) {
        let now = nanoseconds(Moment::now().0);
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let zero = unix.saturating_sub(Duration::from_nanos(now));
        self.zero.store(zero.as_secs_f64().to_bits(), Ordering::Relaxed);
        self.looked_at.store(now.max(1), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_become_nanoseconds_at_their_pace() {
        // 2.5 GHz: 0.4 ns are a tick.
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

    /// However long the machine does something else between two looks.
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
