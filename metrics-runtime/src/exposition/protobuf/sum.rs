use crate::core::snapshot::{ExponentialBuckets, ExponentialDistribution};

/// The sum of distributions, at the scale of the coarsest of them. `None` if not all of them are
/// exponential, or if samples that one counts as zero may be in a bucket of another.
pub(super) fn sum<'a>(
    mut parts: impl Iterator<Item = Option<&'a ExponentialDistribution>>,
) -> Option<ExponentialDistribution> {
    let first = parts.next()??.clone();
    parts.try_fold(first, |sum, part| plus(sum, part?))
}

#[expect(clippy::float_cmp, reason = "equal thresholds are the same number")]
fn plus(
    mut sum: ExponentialDistribution,
    part: &ExponentialDistribution,
) -> Option<ExponentialDistribution> {
    if sum.zero_threshold != part.zero_threshold {
        return None;
    }
    let scale = sum.scale.min(part.scale);
    let coarser = sum.scale - scale;
    for (buckets, other) in
        [(&mut sum.positive, &part.positive), (&mut sum.negative, &part.negative)]
    {
        let own = std::mem::take(buckets);
        add(buckets, &own, coarser);
        add(buckets, other, part.scale - scale);
    }
    sum.scale = scale;
    sum.count += part.count;
    sum.sum = sum.sum.plus(part.sum);
    sum.zero_count += part.zero_count;
    Some(sum)
}

/// Adds buckets of a scale that is higher by `shift`.
fn add(to: &mut ExponentialBuckets, from: &ExponentialBuckets, shift: i32) {
    for (index, &count) in (from.offset..).zip(&from.counts) {
        let index = index >> shift;
        if to.counts.is_empty() {
            to.offset = index;
        }
        let before = usize::try_from(to.offset - index).unwrap_or_default();
        to.counts.splice(..0, std::iter::repeat_n(0, before));
        to.offset = to.offset.min(index);
        let at = usize::try_from(index - to.offset).unwrap_or_default();
        if to.counts.len() <= at {
            to.counts.resize(at + 1, 0);
        }
        to.counts[at] += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::storage::Value;

    fn distribution(scale: i32, offset: i32, counts: &[u64]) -> ExponentialDistribution {
        let count = counts.iter().sum::<u64>();
        ExponentialDistribution {
            count: count + 1,
            sum: Value::U64(count),
            extremes: None,
            scale,
            zero_count: 1,
            zero_threshold: 0.0,
            positive: ExponentialBuckets { offset, counts: counts.to_vec() },
            negative: ExponentialBuckets { offset: -offset, counts: counts.to_vec() },
        }
    }

    #[test]
    fn the_sum_has_the_scale_of_the_coarser_one() {
        let (fine, coarse) = (distribution(2, -3, &[1, 2, 0, 4, 5]), distribution(1, 1, &[10, 20]));
        for parts in [[&fine, &coarse], [&coarse, &fine]] {
            let sum = sum(parts.into_iter().map(Some)).unwrap();
            assert_eq!((sum.scale, sum.count, sum.zero_count), (1, 44, 2));
            assert_eq!(sum.sum, Value::U64(42));
            // -3, -2, -1, 0, 1 become -2, -1, -1, 0, 0.
            assert_eq!(sum.positive.offset, -2);
            assert_eq!(sum.positive.counts, [1, 2, 9, 10, 20]);
            // 3, 4, 5, 6, 7 become 1, 2, 2, 3, 3, beside -1 and 0.
            assert_eq!(sum.negative.offset, -1);
            assert_eq!(sum.negative.counts, [10, 20, 1, 2, 9]);
        }
    }

    #[test]
    fn there_is_no_sum_with_other_histograms_and_with_other_thresholds() {
        let one = distribution(0, 0, &[1]);
        let other = ExponentialDistribution { zero_threshold: 0.5, ..one.clone() };
        assert_eq!(sum([Some(&one), Some(&other)].into_iter()), None);
        assert_eq!(sum([Some(&one), None].into_iter()), None);
        assert_eq!(sum([None, Some(&one)].into_iter()), None);
        assert_eq!(sum([Some(&one)].into_iter()), Some(one.clone()));
    }
}
