use std::{sync::LazyLock, time::Instant};

use quanta::Clock;

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

/// The time in ticks of the machine's cheapest clock.
#[inline]
pub(super) fn ticks() -> u64 {
    match &*SOURCE {
        ClockSource::Counter { clock, .. } => clock.raw(),
        ClockSource::System(first) => u64::try_from(first.elapsed().as_nanos()).unwrap_or(u64::MAX),
    }
}

/// Converts ticks to nanoseconds.
#[inline]
pub(super) fn nanoseconds(ticks: u64) -> u64 {
    match &*SOURCE {
        ClockSource::Counter { pace, .. } => pace.nanoseconds(ticks),
        ClockSource::System(_) => ticks,
    }
}

/// Compares the counter with the system's clock, unless this is done. Takes about a millisecond.
pub(super) fn prepare() {
    LazyLock::force(&SOURCE);
}

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
}
