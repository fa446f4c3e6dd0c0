/// Finds the bucket of a value among boundaries.
///
/// Most lists of boundaries are positive, and have one or two boundaries in each octave, which is
/// the range from a power of two to the next. The exponent bits of a value give the octave, a table
/// the number of boundaries below it, and two comparisons the rest.
#[derive(Debug)]
pub(super) enum Search {
    /// At most two boundaries in each octave: from the octave `lowest` on.
    Pairs { octaves: Box<[Octave]>, lowest: i64 },
    /// More boundaries in an octave, or one that is not positive.
    Sorted(Box<[f64]>),
}

/// The boundaries of one octave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Octave {
    /// The number of boundaries below the octave.
    below: usize,
    /// The boundaries in the octave; infinite if there are fewer.
    within: [f64; 2],
}

impl Search {
    pub(super) fn new(boundaries: &[f64]) -> Self {
        Self::pairs(boundaries).unwrap_or_else(|| Self::Sorted(boundaries.into()))
    }

    fn pairs(boundaries: &[f64]) -> Option<Self> {
        let (&first, &last) = (boundaries.first()?, boundaries.last()?);
        if first <= 0.0 {
            return None;
        }
        let (lowest, highest) = (octave(first), octave(last) + 1);
        let octaves = (lowest..=highest).map(|at| {
            let below = boundaries.iter().filter(|boundary| octave(**boundary) < at).count();
            let mut inside = boundaries[below..].iter().take_while(|b| octave(**b) == at);
            let within = [(); 2].map(|()| inside.next().copied().unwrap_or(f64::INFINITY));
            inside.next().is_none().then_some(Octave { below, within })
        });
        Some(Self::Pairs { octaves: octaves.collect::<Option<_>>()?, lowest })
    }

    /// The index of the first boundary that is not below the value; the number of boundaries if the
    /// value is above all of them.
    pub(super) fn bucket(&self, value: f64) -> usize {
        match self {
            Self::Pairs { .. } => self.quick_bucket(value).unwrap_or_default(),
            Self::Sorted(boundaries) => boundaries.partition_point(|boundary| *boundary < value),
        }
    }

    /// The same, where octaves are searched.
    #[inline]
    pub(super) fn quick_bucket(&self, value: f64) -> Option<usize> {
        let Self::Pairs { octaves, lowest } = self else { return None };
        // The octave of a negative value is below all others.
        let at = usize::try_from((octave(value) - lowest).max(0)).unwrap_or_default();
        let Octave { below, within: [first, second] } = octaves.get(at.min(octaves.len() - 1))?;
        Some(below + usize::from(*first < value) + usize::from(*second < value))
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
