/// Finds the bucket of a value among boundaries.
///
/// A *step* is a quarter of an octave, which is the range from a power of two to the next: the
/// values that have the exponent and the first two bits of the mantissa in common. Most lists have
/// at most one boundary in each step. A table gives the number of boundaries below the step, and
/// one comparison the rest.
#[derive(Debug)]
pub(super) struct SearchTable {
    /// The number of the first step in the table.
    first: i64,
    /// The boundary within the step; infinite if there is none.
    within: [f64; STEPS],
    /// The number of boundaries below the step.
    below: [u16; STEPS],
}

/// The steps of a table: 64 octaves, as from a nanosecond to 500 years.
const STEPS: usize = 256;

/// The bits of a float below those that all values of a step have in common.
const REST: u32 = f64::MANTISSA_DIGITS - 1 - 2;

impl SearchTable {
    /// The table of these boundaries. `None` if two boundaries are in one step, if one is negative,
    /// or if they are more than 63 octaves apart.
    pub(super) fn new(boundaries: &[f64]) -> Option<Self> {
        let (&lowest, &highest) = (boundaries.first()?, boundaries.last()?);
        if lowest < 0.0 {
            return None;
        }
        // All values below the second step are in the first one, as 0 is.
        let lowest_positive = boundaries.iter().find(|boundary| **boundary > 0.0);
        let first = lowest_positive.map_or(1, |boundary| step(*boundary)) - 1;
        let mut table = Self { first, within: [f64::INFINITY; STEPS], below: [0; STEPS] };
        // The last step has all values above the boundaries.
        if table.position(highest) == STEPS - 1 {
            return None;
        }
        for boundary in boundaries {
            let at = table.position(*boundary);
            if table.within[at].is_finite() {
                return None;
            }
            table.within[at] = *boundary;
            table.below[at + 1..].iter_mut().for_each(|below| *below += 1);
        }
        Some(table)
    }

    /// The index of the first boundary that is not below the value; the number of boundaries if the
    /// value is above all of them.
    #[inline]
    pub(super) fn bucket(&self, value: f64) -> usize {
        let at = self.position(value);
        usize::from(self.below[at]) + usize::from(self.within[at] < value)
    }

    /// The position of the step of a value. A value before the first step is in the first one.
    #[inline]
    fn position(&self, value: f64) -> usize {
        let from_first = usize::try_from((step(value) - self.first).max(0));
        from_first.unwrap_or_default().min(STEPS - 1)
    }
}

/// The number of the step of a value. The numbers of positive values have their order; those of
/// negative values are negative.
#[inline]
fn step(value: f64) -> i64 {
    i64::from_ne_bytes(value.to_bits().to_ne_bytes()) >> REST
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values around each boundary, and at the ends of the range.
    fn values(boundaries: &[f64]) -> Vec<f64> {
        let around = boundaries.iter().flat_map(|b| [b.next_down(), *b, b.next_up(), b * 1.5, -b]);
        let ends = [0.0, -0.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::MIN, 1.0, -1.0, 2.0];
        around.chain(ends).chain((-40..40).map(|power| f64::from(power).exp2())).collect()
    }

    #[test]
    fn the_bucket_is_that_of_a_binary_search() {
        let lists: [&[f64]; 11] = [
            &[],
            &[0.0],
            &[1.0],
            &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0],
            &[1.0, 2.0, 4.0, 8.0, 16.0, 1024.0],
            &[1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.999, 2.0],
            &[5e-324, 1e-310, 1.0, 1e300, f64::MAX],
            &[0.0, 1.0, 2.0],
            &[
                0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1e3, 2.5e3, 5e3,
                7.5e3, 1e4,
            ],
            &[-10.0, -1.0, 0.0, 1.0, 10.0],
            &[256.0, 1_024.0, 4_096.0, 16_384.0, 1_048_576.0, 1_073_741_824.0],
        ];
        let tables = lists.map(|boundaries| SearchTable::new(boundaries).is_some());
        let [_, zero, one, seconds, powers, dense, wide, from_zero, usual, negative, bytes] =
            tables;
        assert!(zero && one && seconds && powers && from_zero && usual && bytes);
        assert!(!dense && !wide && !negative);
        for boundaries in lists {
            let Some(table) = SearchTable::new(boundaries) else { continue };
            for value in values(boundaries) {
                let expected = boundaries.partition_point(|boundary| *boundary < value);
                assert_eq!(table.bucket(value), expected, "{value} in {boundaries:?}");
            }
        }
    }
}
