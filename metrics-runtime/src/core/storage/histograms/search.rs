/// Finds the bucket of a value among boundaries.
///
/// Most lists of boundaries are positive, and have one or two boundaries in each octave, which is
/// the range from a power of two to the next. The exponent bits of a value give the octave, a table
/// the number of boundaries below it, and two comparisons the rest.
#[derive(Debug)]
pub(super) enum Search {
    /// At most two boundaries in each octave.
    Pairs(Pairs),
    /// More boundaries in an octave, or one that is not positive.
    Sorted(Box<[f64]>),
}

/// The octaves from the first boundary to the one above the last.
#[derive(Debug)]
pub(super) struct Pairs {
    octaves: Box<[Octave]>,
    /// The number of the first octave.
    first: usize,
    /// The least values of the first octave and of the last one. The octave of any other value
    /// outside has the same boundaries.
    least: f64,
    last: f64,
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
        Pairs::new(boundaries).map_or_else(|| Self::Sorted(boundaries.into()), Self::Pairs)
    }

    /// The index of the first boundary that is not below the value; the number of boundaries if the
    /// value is above all of them.
    pub(super) fn bucket(&self, value: f64) -> usize {
        match self {
            Self::Pairs(pairs) => pairs.bucket(value).unwrap_or_default(),
            Self::Sorted(boundaries) => boundaries.partition_point(|boundary| *boundary < value),
        }
    }

    /// The same, where octaves are searched.
    #[inline]
    pub(super) fn quick_bucket(&self, value: f64) -> Option<usize> {
        if let Self::Pairs(pairs) = self { pairs.bucket(value) } else { None }
    }
}

impl Pairs {
    fn new(boundaries: &[f64]) -> Option<Self> {
        let (&lowest, &highest) = (boundaries.first()?, boundaries.last()?);
        if lowest <= 0.0 {
            return None;
        }
        let (first, last) = (octave(lowest), octave(highest) + 1);
        let octaves = (first..=last).map(|at| {
            let below = boundaries.iter().filter(|boundary| octave(**boundary) < at).count();
            let mut inside = boundaries[below..].iter().take_while(|b| octave(**b) == at);
            let within = [(); 2].map(|()| inside.next().copied().unwrap_or(f64::INFINITY));
            inside.next().is_none().then_some(Octave { below, within })
        });
        let octaves = octaves.collect::<Option<_>>()?;
        Some(Self { octaves, first, least: least_of(first), last: least_of(last) })
    }

    /// The index of the first boundary that is not below the value.
    #[inline]
    fn bucket(&self, value: f64) -> Option<usize> {
        let near = if value > self.least { value } else { self.least };
        let near = if near < self.last { near } else { self.last };
        let Octave { below, within: [first, second] } =
            self.octaves.get(octave(near) - self.first)?;
        Some(below + usize::from(*first < value) + usize::from(*second < value))
    }
}

/// The number of bits of a float below its exponent.
const MANTISSA: u32 = f64::MANTISSA_DIGITS - 1;

/// The octave of a value that is not negative: its exponent.
#[inline]
fn octave(value: f64) -> usize {
    (value.to_bits() >> MANTISSA) as usize
}

/// The least value of an octave.
fn least_of(octave: usize) -> f64 {
    f64::from_bits((octave as u64) << MANTISSA)
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
