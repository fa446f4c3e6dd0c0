use super::{sample::Sample, tally::Tally};

/// Calls `record` with as many samples as a distribution has, of the same sum, minimum and maximum,
/// and as many in each bucket. The sum may be rounded.
///
/// Beside the extremes, all samples are at one fraction of the width of their buckets, as the sum
/// asks for. The last one makes up for rounding, as far as its bucket allows.
pub(super) fn replay<V: Sample>(of: &Tally<V>, record: &dyn Fn(V)) {
    let Some(extremes) = of.extremes.filter(|_| of.count > 0) else { return };
    if of.count == 1 {
        return record(of.sum);
    }
    let (min, max) = (extremes.min.to_f64(), extremes.max.to_f64());
    let mut buckets = of.buckets.clone();
    let (mut rest, mut recorded, mut left) = (of.sum, V::ZERO, of.count);
    for extreme in [extremes.min, extremes.max] {
        // The extremes may be those of samples that are not in the distribution.
        let bucket = &mut buckets[of.layout.bucket(extreme.to_f64())];
        if *bucket > 0 {
            *bucket -= 1;
            rest = rest.minus(extreme);
            (recorded, left) = (recorded.plus(extreme), left - 1);
            record(extreme);
        }
    }
    let boundaries = of.layout.boundaries();
    let range = |bucket: usize| {
        let lower = bucket.checked_sub(1).map(|below| V::least_above(boundaries[below]));
        let upper = boundaries.get(bucket).map(|upper| V::greatest_to(*upper));
        let upper = upper.map_or(max, |upper| upper.min(max));
        (lower.map_or(min, |lower| lower.max(min)).min(upper), upper)
    };
    let filled = || buckets.iter().enumerate().filter(|(_, count)| **count > 0);
    let sum_of = |end: fn((f64, f64)) -> f64| -> f64 {
        filled().map(|(bucket, count)| end(range(bucket)) * *count as f64).sum()
    };
    let (least, greatest) = (sum_of(|range| range.0), sum_of(|range| range.1));
    let width = greatest - least;
    let fraction = if width > 0.0 { (rest.to_f64() - least) / width } else { 0.0 };
    let fraction = fraction.clamp(0.0, 1.0);

    // What rounding takes from one sample, the next one gets.
    let mut owed = 0.0;
    for (bucket, count) in filled() {
        let (lower, upper) = range(bucket);
        for _ in 0..*count {
            left -= 1;
            let exact = lower + fraction * (upper - lower);
            let mut value = V::from_f64((exact + owed).clamp(lower, upper));
            let missing = of.sum.minus(recorded);
            if left == 0 && (lower..=upper).contains(&missing.to_f64()) {
                value = missing;
            }
            owed += exact - value.to_f64();
            recorded = recorded.plus(value);
            record(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::core::storage::histograms::Layout;

    fn replayed<V: Sample>(boundaries: &[f64], samples: &[V]) -> (Tally<V>, Tally<V>) {
        let layout = Layout::of(boundaries);
        let mut tally = Tally::empty(layout);
        for sample in samples {
            assert!(tally.add(*sample));
        }
        let again = RefCell::new(Tally::empty(layout));
        replay(&tally, &|value| assert!(again.borrow_mut().add(value), "{value:?}"));
        (tally, again.into_inner())
    }

    #[test]
    fn a_replay_has_the_same_distribution() {
        let samples: [&[f64]; 6] = [
            &[],
            &[0.7],
            &[0.1, 0.1, 0.1],
            &[0.2, 3.0, 3.5, 4.0, 99.0, 100.0, 1e9],
            &[1.0, 1.0, 2.0, 2.0, 2.0],
            &[0.0, 0.5, 1.5, 1.6, 1.7, 2.5],
        ];
        for samples in samples {
            let (tally, again) = replayed(&[0.5, 1.0, 2.0, 4.0], samples);
            assert_eq!((tally.count, &tally.buckets), (again.count, &again.buckets));
            assert_eq!(tally.extremes, again.extremes, "{samples:?}");
            assert!((tally.sum - again.sum).abs() <= tally.sum.abs() * 1e-12, "{samples:?}");
        }
    }

    #[test]
    fn a_replay_of_whole_numbers_has_the_same_sum() {
        let samples: Vec<u64> = (0..500).map(|nth| nth * nth % 97).collect();
        for boundaries in [&[1.0, 5.0, 10.0, 50.0][..], &[0.5, 1.5], &[96.0]] {
            let (tally, again) = replayed(boundaries, &samples);
            assert_eq!((tally.count, &tally.buckets), (again.count, &again.buckets));
            assert_eq!(tally.extremes, again.extremes);
            assert!(tally.sum.abs_diff(again.sum) <= 1, "{} {}", tally.sum, again.sum);
        }
    }
}
