/// The buckets of a native histogram: their boundaries grow by a constant factor, which is
/// `2^(2^-schema)`, and 1 is one of them.
///
/// A window has 160 buckets for each sign. A sample outside of it makes a window of half the
/// resolution, which reaches twice as far, and whose boundaries within this window are boundaries
/// of this window too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) schema: i32,
    /// The index of the boundary below the first bucket. A bucket has the index of its upper
    /// boundary.
    pub(super) first: i32,
    /// Whether there are buckets for negative samples.
    pub(super) is_signed: bool,
}

/// The buckets of one sign.
pub(super) const BUCKETS: i32 = 160;

/// The finest schema: eight buckets from a power of two to the next.
const FINEST: i32 = 3;

/// The coarsest schema, of which a window has every float.
const COARSEST: i32 = -4;
const FIRST_OF_COARSEST: i32 = -80;

/// The boundaries from 1 to 2 of the finest schema, without 2: the powers of `2^(1/8)`.
const MANTISSAS: [f64; 8] = [
    1.0,
    1.090_507_732_665_257_7,
    1.189_207_115_002_721,
    1.296_839_554_651_009_6,
    std::f64::consts::SQRT_2,
    1.542_210_825_407_940_7,
    1.681_792_830_507_429,
    1.834_008_086_409_342_4,
];

impl Window {
    /// The window of a histogram with these boundaries. It ends two octaves above the highest one
    /// at most, because samples far below what is declared are more usual than samples far above.
    pub(super) fn of(boundaries: &[f64]) -> Self {
        let highest = boundaries.last().copied().filter(|highest| *highest > 0.0).unwrap_or(1.0);
        let lowest = boundaries.iter().copied().find(|b| *b > 0.0).unwrap_or(highest);
        let is_signed = boundaries.first().is_some_and(|first| *first < 0.0);
        let top = index(highest, 0) + 1;
        let first = (top << FINEST) - BUCKETS;
        let mut window = Self { schema: FINEST, first, is_signed };
        window.include(lowest);
        window
    }

    /// Whether a sample is zero or in a bucket.
    pub(super) fn has(&self, value: f64) -> bool {
        if value == 0.0 {
            return true;
        }
        let nth = index(value.abs(), self.schema) - self.first;
        (value > 0.0 || self.is_signed) && (1..=BUCKETS).contains(&nth)
    }

    /// Reaches as far as this sample, which is finite.
    pub(super) fn include(&mut self, value: f64) {
        self.is_signed |= value < 0.0;
        while !self.has(value) {
            let is_above = index(value.abs(), self.schema) > self.first;
            self.halve(is_above);
        }
    }

    /// Reaches as far as another window, and is as coarse.
    pub(super) fn include_window(&mut self, other: &Self) {
        self.is_signed |= other.is_signed;
        while self.schema > other.schema {
            self.halve(other.first > self.first);
        }
        for index in [other.first + 1, other.first + BUCKETS] {
            let end = boundary(index, other.schema);
            self.include(end.clamp(f64::from_bits(1), f64::MAX));
        }
    }

    /// Halves the resolution, and reaches further up or down.
    fn halve(&mut self, up: bool) {
        self.schema -= 1;
        self.first = if self.schema <= COARSEST {
            FIRST_OF_COARSEST
        } else if up {
            self.first >> 1
        } else {
            ((self.first + BUCKETS + 1) >> 1) - BUCKETS
        };
    }

    /// The upper boundaries of the cells that the buckets are made of, in any order. A sample that
    /// equals a boundary is in the cell that ends there, but the bucket of a negative sample ends
    /// with the boundary that is farther from zero.
    pub(super) fn boundaries(self) -> impl Iterator<Item = f64> {
        let magnitudes = (self.first..=self.first + BUCKETS).map(move |i| boundary(i, self.schema));
        let of_sign = move |magnitude: f64| {
            [Some(magnitude), self.is_signed.then(|| (-magnitude).next_down())]
        };
        let zero = [Some(0.0), self.is_signed.then(|| (0.0_f64).next_down())];
        let all = magnitudes.flat_map(of_sign).chain(zero).flatten();
        all.filter(|boundary| boundary.is_finite())
    }

    /// The number of the bucket, from 0, that has the values of this magnitude. Values beyond the
    /// window are in its last bucket.
    pub(super) fn nth(&self, magnitude: f64) -> usize {
        let nth = index(magnitude.clamp(f64::from_bits(1), f64::MAX), self.schema) - self.first - 1;
        usize::try_from(nth.clamp(0, BUCKETS - 1)).unwrap_or_default()
    }
}

/// The index of the bucket of a positive value: that of the lowest boundary which is not below it.
fn index(value: f64, schema: i32) -> i32 {
    const SUBNORMAL: i32 = 54;

    let is_subnormal = value < f64::MIN_POSITIVE;
    let scaled = if is_subnormal { value * f64::from(SUBNORMAL).exp2() } else { value };
    let bits = scaled.to_bits();
    // The exponent has eleven bits.
    let exponent = i32::try_from(bits >> 52).unwrap_or_default() - 1023;
    let exponent = if is_subnormal { exponent - SUBNORMAL } else { exponent };
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    let above = MANTISSAS.iter().take_while(|boundary| **boundary < mantissa).count();
    let index = exponent * 8 + i32::try_from(above).unwrap_or_default();
    let shift = FINEST - schema;
    (index + (1 << shift) - 1) >> shift
}

/// The boundary of this index; 0 or infinite beyond the range of floats.
pub(super) fn boundary(index: i32, schema: i32) -> f64 {
    let finest = index << (FINEST - schema);
    let mantissa = usize::try_from(finest.rem_euclid(8)).unwrap_or_default();
    MANTISSAS[mantissa] * f64::from(finest.div_euclid(8)).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECONDS: [f64; 4] = [0.005, 0.1, 1.0, 60.0];

    #[test]
    fn the_index_is_that_of_the_boundary_above() {
        for schema in COARSEST..=FINEST {
            for at in -600..600 {
                let (lower, upper) = (boundary(at - 1, schema), boundary(at, schema));
                if lower < f64::MIN_POSITIVE || upper.is_infinite() {
                    continue;
                }
                assert_eq!(index(upper, schema), at, "{schema}");
                assert_eq!(index(upper.next_up(), schema), at + 1, "{schema}");
                assert_eq!(index(lower.next_up(), schema), at, "{schema}");
            }
        }
        for power in [-1074, -1050, -1023, -1022, 0, 1023] {
            assert_eq!(index(f64::from(power).exp2(), 0), power);
        }
        assert_eq!(index(f64::MAX, 0), 1024);
    }

    #[test]
    fn a_window_has_the_declared_boundaries_and_grows_to_any_sample() {
        let window = Window::of(&SECONDS);
        assert_eq!((window.schema, window.is_signed), (3, false));
        assert!(SECONDS.iter().all(|boundary| window.has(*boundary)));
        assert!(window.has(0.0) && window.has(128.0) && window.has(0.0002));
        assert!(!window.has(129.0) && !window.has(0.0001) && !window.has(-1.0));
        assert_eq!(Window::of(&[256.0, 1_073_741_824.0]).schema, 2);
        assert!(Window::of(&[-1.0, 1.0]).has(-1.0));
        for boundaries in [&SECONDS[..], &[], &[0.0], &[-5.0], &[1e-300, 1e300], &[1e-9, 1e9]] {
            for value in [1e-4, 1e3, -1e-4, 1e30, 1e-30, f64::MAX, 5e-324, -f64::MAX, 1e-200] {
                let start = Window::of(boundaries);
                let mut grown = start;
                grown.include(value);
                assert!(grown.has(value), "{value}");
                assert!(grown == start || !start.has(value));
                // What is a boundary in between is one of the start.
                let (low, high) = (
                    boundary(start.first, start.schema),
                    boundary(start.first + BUCKETS, start.schema),
                );
                for new in grown.boundaries().filter(|new| low <= *new && *new <= high) {
                    assert!(start.boundaries().any(|old| old.total_cmp(&new).is_eq()), "{new}");
                }
            }
        }
    }
}
