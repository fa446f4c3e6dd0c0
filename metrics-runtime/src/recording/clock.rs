use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use quanta::Clock;

/// A moment, as cheaply as the machine can tell it.
///
/// Where the kernel itself keeps time by the processor's counter, so do jobs and timers: two looks at
/// it cost less than half of two at the system's clock. It is compared with the system's clock
/// once, for about a millisecond, and is then right to some parts in a hundred thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

static SOURCE: LazyLock<Source> = LazyLock::new(Source::of_this_machine);

enum Source {
    /// The processor's counter.
    Counter(Clock),
    /// The system's clock, in nanoseconds since the first look.
    System(Instant),
}

impl Source {
    fn of_this_machine() -> Self {
        if kernel_keeps_time_by_the_counter() {
            Self::Counter(Clock::new())
        } else {
            Self::System(Instant::now())
        }
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
            Source::Counter(clock) => clock.raw(),
            Source::System(first) => u64::try_from(first.elapsed().as_nanos()).unwrap_or(u64::MAX),
        })
    }

    /// How long ago it was; nothing, if another processor's counter is a little behind.
    #[inline]
    pub(crate) fn elapsed(self) -> Duration {
        let now = Self::now();
        match &*SOURCE {
            Source::Counter(clock) => clock.delta(self.0, now.0),
            Source::System(_) => Duration::from_nanos(now.0.saturating_sub(self.0)),
        }
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
