use super::window::{BUCKETS, Window, boundary};

/// Finds the cell of a value in the window of a native histogram.
///
/// A *step* is half a bucket or less: the values that have the exponent and the first bits of the
/// mantissa in common. A step has at most one boundary of the window, and one of those that are
/// declared.
#[derive(Debug)]
pub(super) struct FineTable {
    /// The boundary below the window.
    low: f64,
    /// The bits of a float below those that all values of a step have in common.
    rest: u32,
    /// The number of the first step.
    first: u64,
    /// The boundaries within the step; infinite if there are less.
    within: [[f64; 2]; STEPS],
    /// The number of boundaries below the step.
    below: [u16; STEPS],
}

/// The steps of a window: two for each bucket, because those of a power of two are equally long.
const STEPS: usize = 2 * BUCKETS as usize;

impl FineTable {
    /// The table of these boundaries. `None` if three are in one step, or if a bucket of the window
    /// is longer than an octave.
    pub(super) fn new(window: &Window, boundaries: &[f64]) -> Option<Self> {
        let rest = 52 - u32::try_from(window.schema).ok()? - 1;
        let low = boundary(window.first, window.schema);
        let high = boundary(window.first + BUCKETS, window.schema);
        if low < f64::MIN_POSITIVE || high.is_infinite() {
            return None;
        }
        let first = low.to_bits() >> rest;
        let mut table =
            Self { low, rest, first, within: [[f64::INFINITY; 2]; STEPS], below: [0; STEPS] };
        for (nth, boundary) in boundaries.iter().enumerate().filter(|(_, b)| **b >= low) {
            let Some(at) = table.position(*boundary) else { break };
            let free = table.within[at].iter_mut().find(|known| known.is_infinite())?;
            *free = *boundary;
            let below = u16::try_from(nth + 1).ok()?;
            table.below[at + 1..].fill(below);
        }
        let below_window = boundaries.partition_point(|boundary| *boundary < low);
        let below_window = u16::try_from(below_window).ok()?;
        table.below.iter_mut().for_each(|below| *below = (*below).max(below_window));
        Some(table)
    }

    /// The index of the first boundary that is not below the value, if the value is in the window.
    #[inline]
    pub(super) fn bucket(&self, value: f64) -> Option<usize> {
        let at = self.position(value).filter(|_| value > self.low)?;
        let [lower, upper] = self.within[at];
        let above = usize::from(lower < value) + usize::from(upper < value);
        Some(usize::from(self.below[at]) + above)
    }

    /// The position of the step of a value. A negative value is beyond the last step.
    #[inline]
    fn position(&self, value: f64) -> Option<usize> {
        let from_first = (value.to_bits() >> self.rest).wrapping_sub(self.first);
        usize::try_from(from_first).ok().filter(|at| *at < STEPS)
    }
}
