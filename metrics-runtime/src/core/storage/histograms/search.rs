/// Finds the bucket of a value among boundaries.
///
/// Most lists of boundaries are positive, and have one or two boundaries in each octave, which is
/// the range from a power of two to the next. The exponent bits of a value give the octave, a table
/// the first boundary that is not below it, and few comparisons the rest.
#[derive(Debug)]
pub(super) enum Search {
    Octaves {
        /// For each octave from `lowest` on, the number of boundaries below it.
        below: Box<[u16]>,
        lowest: i64,
        highest: i64,
        /// The boundaries, and as many infinite ones as there are comparisons.
        padded: Box<[f64]>,
        /// The most boundaries in one octave.
        comparisons: usize,
    },
    /// A boundary is not positive: a comparison with each of them.
    Linear(Box<[f64]>),
}

impl Search {
    pub(super) fn new(boundaries: &[f64]) -> Self {
        let (Some(&first), Some(&last)) = (boundaries.first(), boundaries.last()) else {
            return Self::Linear(Box::default());
        };
        if first <= 0.0 {
            return Self::Linear(boundaries.into());
        }
        let (lowest, highest) = (octave(first), octave(last) + 1);
        let count = |is_counted: &dyn Fn(i64) -> bool| {
            boundaries.iter().filter(|boundary| is_counted(octave(**boundary))).count()
        };
        let below = (lowest..=highest).map(|at| count(&|octave| octave < at));
        let below = below.map(|below| u16::try_from(below).unwrap_or(u16::MAX)).collect();
        let comparisons = (lowest..=highest).map(|at| count(&|octave| octave == at)).max();
        let comparisons = comparisons.unwrap_or(0);
        let infinite = std::iter::repeat_n(f64::INFINITY, comparisons);
        let padded = boundaries.iter().copied().chain(infinite).collect();
        Self::Octaves { below, lowest, highest, padded, comparisons }
    }

    /// The index of the first boundary that is not below the value; the number of boundaries if the
    /// value is above all of them.
    #[inline]
    pub(super) fn bucket(&self, value: f64) -> usize {
        match self {
            Self::Octaves { below, lowest, highest, padded, comparisons } => {
                // The octave of a negative value is below all others.
                let at = octave(value).clamp(*lowest, *highest) - lowest;
                let first = usize::from(below.get(at as usize).copied().unwrap_or_default());
                let boundaries = padded.get(first..first + comparisons).unwrap_or_default();
                first
                    + boundaries
                        .iter()
                        .map(|boundary| usize::from(*boundary < value))
                        .sum::<usize>()
            }
            Self::Linear(boundaries) => {
                boundaries.iter().map(|boundary| usize::from(*boundary < value)).sum()
            }
        }
    }
}

/// The sign and the exponent of a value, which order positive values by their octaves.
#[inline]
fn octave(value: f64) -> i64 {
    i64::from_ne_bytes(value.to_bits().to_ne_bytes()) >> 52
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
        let lists: [&[f64]; 9] = [
            &[],
            &[1.0],
            &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0],
            &[1.0, 2.0, 4.0, 8.0, 16.0, 1024.0],
            &[1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.999, 2.0],
            &[5e-324, 1e-310, 1.0, 1e300, f64::MAX],
            &[0.0, 1.0, 2.0],
            &[-10.0, -1.0, 0.0, 1.0, 10.0],
            &[256.0, 1_024.0, 4_096.0, 16_384.0, 1_048_576.0, 1_073_741_824.0],
        ];
        for boundaries in lists {
            let search = Search::new(boundaries);
            for value in values(boundaries) {
                let expected = boundaries.partition_point(|boundary| *boundary < value);
                assert_eq!(search.bucket(value), expected, "{value} in {boundaries:?}");
            }
        }
    }
}
