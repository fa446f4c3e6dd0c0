use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use super::super::{super::scope, machine};

/// Marks the bits of a moment of a test's clock. The ticks of a machine's clock never get so far.
const MARK: u64 = 1 << 63;

/// The bits of the moment that is tick 0 of the machine's clock. A test's clock may show an earlier
/// one.
const ZERO: u64 = MARK | 1 << 62;

/// An instant, and the nanoseconds from tick 0 of the machine's clock to it: moments of a test's
/// clock and of the machine's clock are on one axis.
static ANCHOR: LazyLock<(Instant, i64)> = LazyLock::new(|| {
    let nanoseconds = machine::nanoseconds(machine::ticks());
    (Instant::now(), nanoseconds.try_into().unwrap_or(i64::MAX))
});

/// The bits of the current moment of the clock that the test on this thread has set. Nanoseconds,
/// because a test may compare times for equality, which ticks of a counter do not allow.
#[inline]
pub(in super::super) fn now() -> Option<u64> {
    scope::instant().map(to_bits)
}

fn to_bits(instant: Instant) -> u64 {
    let (anchor, at_anchor) = *ANCHOR;
    let signed = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    let from_anchor = match instant.checked_duration_since(anchor) {
        Some(later) => signed(later),
        None => -signed(anchor - instant),
    };
    ZERO.wrapping_add_signed(at_anchor.saturating_add(from_anchor))
}

/// The time from an earlier moment to a later one, if one of them is of a test's clock.
#[inline]
pub(in super::super) fn since(later: u64, earlier: u64) -> Option<Duration> {
    ((later | earlier) & MARK != 0).then(|| {
        let time = on_axis(later).saturating_sub(on_axis(earlier));
        Duration::from_nanos(time.try_into().unwrap_or(0))
    })
}

/// The nanoseconds from tick 0 of the machine's clock to a moment of a test's clock, if it is one;
/// 0 if it is earlier.
#[inline]
pub(in super::super) fn nanoseconds(bits: u64) -> Option<u64> {
    (bits & MARK != 0).then(|| on_axis(bits).try_into().unwrap_or(0))
}

fn on_axis(bits: u64) -> i64 {
    if bits & MARK != 0 {
        bits.wrapping_sub(ZERO).cast_signed()
    } else {
        machine::nanoseconds(bits).try_into().unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_between_moments_are_exact() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let (before, after) = (to_bits(start), to_bits(start + 10 * second));
        assert_eq!(since(after, before), Some(10 * second));
        assert_eq!(since(before, after), Some(Duration::ZERO));
        let nanosecond = to_bits(start + Duration::from_nanos(1));
        assert_eq!(since(nanosecond, before), Some(Duration::from_nanos(1)));
        // Earlier than the machine's first tick may be.
        if let Some(early) = start.checked_sub(second) {
            assert_eq!(since(before, to_bits(early)), Some(second));
        }
    }

    #[test]
    fn both_clocks_have_one_axis() {
        let before = machine::ticks();
        let instant = to_bits(Instant::now());
        let after = machine::ticks();
        assert_eq!(since(after, before), None);
        assert_eq!(nanoseconds(before), None);
        // The counter has an error of some parts in a hundred thousand, since the anchor.
        let hour = Duration::from_secs(3600);
        let late = instant + u64::try_from(hour.as_nanos()).unwrap();
        let since_before = since(late, before).unwrap();
        assert!(since_before.abs_diff(hour) < Duration::from_secs(60), "{since_before:?}");
        assert_eq!(since(before, late), Some(Duration::ZERO));
        assert!(nanoseconds(late).unwrap() > machine::nanoseconds(after));
    }
}
