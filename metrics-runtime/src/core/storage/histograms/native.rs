use super::window::{BUCKETS, Window};

/// Why a histogram has native buckets beside those with boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Native {
    /// It has none.
    Absent,
    /// Because a push prefers exponential buckets: a scrape has none.
    Preferred,
    /// Because its declaration or a setting of the metric says so.
    Chosen,
}

impl Native {
    /// The reason of a histogram that somebody has chosen to be native or not.
    pub(crate) fn chosen_if(is_native: bool) -> Self {
        if is_native { Self::Chosen } else { Self::Absent }
    }
}

/// The native buckets that the cells of a layout belong to. The layout has the boundaries of a
/// window and those that are declared, so that the buckets of both are sums of cells.
#[derive(Debug)]
pub(super) struct NativeCells {
    pub(super) window: Window,
    /// The bucket of the samples in each cell.
    cells: Box<[NativeCell]>,
}

/// The bucket of a cell, with its number from 0.
#[derive(Clone, Copy, Debug)]
enum NativeCell {
    Zero,
    Positive(usize),
    Negative(usize),
}

/// The native buckets of some samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NativeBuckets {
    /// Each power of two has `2^schema` buckets.
    pub(crate) schema: i32,
    pub(crate) zero_count: u64,
    pub(crate) positive: SignedBuckets,
    pub(crate) negative: SignedBuckets,
}

/// The buckets of one sign, from the first to the last one with samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SignedBuckets {
    /// The index of the lower boundary of the first bucket, as OpenTelemetry counts.
    pub(crate) offset: i32,
    pub(crate) counts: Vec<u64>,
}

impl NativeCells {
    /// The buckets of the cells that end at these boundaries, and of the cell above the last one.
    pub(super) fn new(window: Window, boundaries: &[f64]) -> Self {
        let cell = |nth: usize| {
            let upper = boundaries.get(nth).copied().unwrap_or(f64::INFINITY);
            if upper > 0.0 {
                return NativeCell::Positive(window.nth(upper));
            }
            let lower = nth.checked_sub(1).map_or(f64::NEG_INFINITY, |below| boundaries[below]);
            let least = lower.next_up();
            if upper == 0.0 && (least == 0.0 || !window.is_signed) {
                NativeCell::Zero
            } else {
                NativeCell::Negative(window.nth(-least))
            }
        };
        let cells = (0..=boundaries.len()).map(cell).collect();
        Self { window, cells }
    }

    /// Whether there is a bucket for a sample, or the sample is not finite and is refused.
    pub(super) fn has(&self, value: f64) -> bool {
        !value.is_finite() || self.window.has(value)
    }

    /// The samples of the cells in native buckets.
    pub(super) fn buckets(&self, cells: &[u64]) -> NativeBuckets {
        let mut zero_count = 0;
        let mut positive = [0; BUCKETS as usize];
        let mut negative = positive;
        for (cell, count) in self.cells.iter().zip(cells) {
            match *cell {
                NativeCell::Zero => zero_count += count,
                NativeCell::Positive(nth) => positive[nth] += count,
                NativeCell::Negative(nth) => negative[nth] += count,
            }
        }
        let Window { schema, first, .. } = self.window;
        let of_sign = |counts: &[u64]| SignedBuckets::of(first, counts);
        NativeBuckets {
            schema,
            zero_count,
            positive: of_sign(&positive),
            negative: of_sign(&negative),
        }
    }
}

impl SignedBuckets {
    fn of(first: i32, counts: &[u64]) -> Self {
        let Some(begin) = counts.iter().position(|count| *count > 0) else {
            return Self::default();
        };
        let end = counts.iter().rposition(|count| *count > 0).unwrap_or(begin);
        let offset = first + i32::try_from(begin).unwrap_or_default();
        Self { offset, counts: counts[begin..=end].to_vec() }
    }
}
