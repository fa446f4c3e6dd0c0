use std::sync::Arc;

use super::value::{BucketedValue, PointValue};
use crate::core::{
    snapshot::{ExponentialBuckets, ExponentialDistribution},
    storage::Value,
};

/// What has happened since an earlier value of a series.
#[derive(Debug, PartialEq)]
pub(super) enum Difference {
    /// Nothing.
    Unchanged,
    /// Something. Without minimum and maximum, which differences of snapshots do not show.
    Changed(PointValue),
}

/// The difference between two values of one series.
///
/// * A sum or a distribution that has gone back has begun anew: the whole value is new.
/// * A distribution whose boundaries have changed since has a difference of count and sum, and the
///   buckets of these samples are not known: nothing is lost, and nothing is counted twice.
pub(super) fn difference(now: &PointValue, before: &PointValue) -> Difference {
    if is_unchanged(now, before) {
        return Difference::Unchanged;
    }
    let changed = match (now, before) {
        (PointValue::Number(now), PointValue::Number(before)) => {
            number(*now, *before).map(PointValue::Number)
        }
        (PointValue::Bucketed(now), PointValue::Bucketed(before)) => {
            bucketed(now, before).map(PointValue::Bucketed)
        }
        (PointValue::Exponential(now), PointValue::Exponential(before)) => {
            exponential(now, before).map(PointValue::Exponential)
        }
        _ => None,
    };
    Difference::Changed(changed.unwrap_or_else(|| whole(now)))
}

/// A value without minimum and maximum.
pub(super) fn whole(value: &PointValue) -> PointValue {
    let mut value = value.clone();
    match &mut value {
        PointValue::Number(_) => {}
        PointValue::Bucketed(bucketed) => bucketed.extremes = None,
        PointValue::Exponential(exponential) => exponential.extremes = None,
    }
    value
}

fn is_unchanged(now: &PointValue, before: &PointValue) -> bool {
    match (now, before) {
        (PointValue::Number(now), PointValue::Number(before)) => now == before,
        // A histogram that has gone back and has as many samples as before has another sum.
        (PointValue::Bucketed(now), PointValue::Bucketed(before)) => {
            let same_layout = now.boundaries == before.boundaries;
            now.count == before.count
                && now.sum == before.sum
                && (!same_layout || now.buckets == before.buckets)
        }
        (PointValue::Exponential(now), PointValue::Exponential(before)) => {
            now.count == before.count && now.sum == before.sum && now.scale <= before.scale
        }
        _ => false,
    }
}

/// `None` if the value has gone back.
fn number(now: Value, before: Value) -> Option<Value> {
    match (now, before) {
        (Value::U64(now), Value::U64(before)) => now.checked_sub(before).map(Value::U64),
        (Value::I64(now), Value::I64(before)) => {
            if now < before {
                None
            } else {
                now.checked_sub(before).map(Value::I64)
            }
        }
        (Value::F64(now), Value::F64(before)) => {
            let difference = now - before;
            (difference.is_finite() && difference >= 0.0).then_some(Value::F64(difference))
        }
        _ => None,
    }
}

/// The difference between two sums of samples, which goes back with negative samples. `None` if the
/// sum cannot have come from the earlier one.
fn sum(now: Value, before: Value) -> Option<Value> {
    match (now, before) {
        (Value::F64(now), Value::F64(before)) => Some(Value::F64(now - before)),
        (Value::I64(now), Value::I64(before)) => now.checked_sub(before).map(Value::I64),
        _ => number(now, before),
    }
}

/// `None` if the distribution has gone back.
fn bucketed(now: &BucketedValue, before: &BucketedValue) -> Option<BucketedValue> {
    let count = now.count.checked_sub(before.count).filter(|count| *count > 0)?;
    let sum = sum(now.sum, before.sum)?;
    let (boundaries, buckets) = if now.boundaries == before.boundaries {
        (Arc::clone(&now.boundaries), subtract(&now.buckets, &before.buckets)?)
    } else {
        (Arc::default(), Vec::new())
    };
    Some(BucketedValue { count, sum, extremes: None, boundaries, buckets })
}

/// `None` if the distribution has gone back, or if its buckets have become finer, which happens
/// only when it begins anew.
fn exponential(
    now: &ExponentialDistribution,
    before: &ExponentialDistribution,
) -> Option<ExponentialDistribution> {
    if now.scale > before.scale || now.zero_threshold.to_bits() != before.zero_threshold.to_bits() {
        return None;
    }
    let shift = before.scale.abs_diff(now.scale);
    let count = now.count.checked_sub(before.count).filter(|count| *count > 0)?;
    Some(ExponentialDistribution {
        count,
        sum: sum(now.sum, before.sum)?,
        extremes: None,
        scale: now.scale,
        zero_count: now.zero_count.checked_sub(before.zero_count)?,
        zero_threshold: now.zero_threshold,
        positive: exponential_buckets(&now.positive, &before.positive, shift)?,
        negative: exponential_buckets(&now.negative, &before.negative, shift)?,
    })
}

/// Subtracts buckets of a finer scale. Each step of the scale joins two buckets.
fn exponential_buckets(
    now: &ExponentialBuckets,
    before: &ExponentialBuckets,
    shift: u32,
) -> Option<ExponentialBuckets> {
    let mut counts = now.counts.clone();
    let filled = before.counts.iter().enumerate().filter(|(_, count)| **count > 0);
    for (position, count) in filled {
        let index = i64::from(before.offset) + i64::try_from(position).ok()?;
        // A shift by the width of the type or more leaves the sign: bucket 0 or -1 holds all.
        let joined = index >> shift.min(63);
        let bucket = usize::try_from(joined - i64::from(now.offset)).ok()?;
        let bucket = counts.get_mut(bucket)?;
        *bucket = bucket.checked_sub(*count)?;
    }
    Some(ExponentialBuckets { offset: now.offset, counts })
}

fn subtract(now: &[u64], before: &[u64]) -> Option<Vec<u64>> {
    now.iter().zip(before).map(|(now, before)| now.checked_sub(*before)).collect()
}
