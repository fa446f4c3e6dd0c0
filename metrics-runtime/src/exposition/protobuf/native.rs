use std::{collections::BTreeSet, sync::Mutex};

use super::field;
use crate::core::{
    snapshot::{ExponentialBuckets, ExponentialDistribution},
    sync::lock,
};

/// The numbers of the fields of a histogram that only native histograms have.
mod number {
    pub(super) const SCHEMA: u64 = 5;
    pub(super) const ZERO_THRESHOLD: u64 = 6;
    pub(super) const ZERO_COUNT: u64 = 7;
    /// The spans, and the differences of the counts.
    pub(super) const NEGATIVE: (u64, u64) = (9, 10);
    pub(super) const POSITIVE: (u64, u64) = (12, 13);
    pub(super) mod span {
        pub(crate) const OFFSET: u64 = 1;
        pub(crate) const LENGTH: u64 = 2;
    }
}

/// The finest and the coarsest schema that Prometheus knows.
const FINEST: i32 = 8;
const COARSEST: i32 = -4;

/// The zero threshold of a distribution that has none: `OpenTelemetry` gives this default.
const ZERO_THRESHOLD: f64 = 1e-128;

/// The empty buckets in a row that a span still has. Each of them is two bytes or three, and a
/// further span is six or more.
const LONGEST_GAP: i64 = 2;

/// Encodes native buckets. Keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Native {
    /// The buckets of one sign with their indexes, those of the spans.
    buckets: Vec<(i64, u64)>,
}

impl Native {
    /// Writes a distribution of the family as fields of a histogram.
    pub(super) fn write(
        &mut self,
        family: &str,
        from: &ExponentialDistribution,
        out: &mut Vec<u8>,
        part: &mut Vec<u8>,
    ) {
        if from.scale < COARSEST {
            warn_once(family, from.scale);
            return;
        }
        let schema = from.scale.min(FINEST);
        let shift = from.scale - schema;
        let threshold =
            if from.zero_threshold > 0.0 { from.zero_threshold } else { ZERO_THRESHOLD };
        field::signed(out, number::SCHEMA, schema.into());
        field::double(out, number::ZERO_THRESHOLD, threshold);
        field::unsigned(out, number::ZERO_COUNT, from.zero_count);
        self.buckets(&from.negative, shift, number::NEGATIVE, out, part);
        self.buckets(&from.positive, shift, number::POSITIVE, out, part);
    }

    fn buckets(
        &mut self,
        from: &ExponentialBuckets,
        shift: i32,
        (span, difference): (u64, u64),
        out: &mut Vec<u8>,
        part: &mut Vec<u8>,
    ) {
        self.read(from, shift);
        // The index of Prometheus is that of the upper boundary.
        let mut end = -1;
        for same in self.buckets.chunk_by(|(a, _), (b, _)| a + 1 == *b) {
            let (Some((first, _)), Some((last, _))) = (same.first(), same.last()) else { continue };
            part.clear();
            field::signed(part, number::span::OFFSET, first - end);
            field::unsigned(part, number::span::LENGTH, same.len() as u64);
            field::bytes(out, span, part);
            end = last + 1;
        }
        let mut last = 0;
        for (_, count) in &self.buckets {
            let count = count.cast_signed();
            field::signed(out, difference, count.wrapping_sub(last));
            last = count;
        }
    }

    /// Takes the buckets that are not empty, at a scale that is lower by `shift`, and the empty
    /// ones in short gaps.
    fn read(&mut self, from: &ExponentialBuckets, shift: i32) {
        self.buckets.clear();
        for (index, &count) in (i64::from(from.offset)..).zip(&from.counts) {
            let index = index >> shift;
            if count == 0 {
                continue;
            }
            match self.buckets.last_mut() {
                Some((last, sum)) if *last == index => *sum += count,
                last => {
                    let next = last.map_or(index, |(last, _)| *last + 1);
                    if index - next <= LONGEST_GAP {
                        self.buckets.extend((next..index).map(|empty| (empty, 0)));
                    }
                    self.buckets.push((index, count));
                }
            }
        }
    }
}

/// Logs that a family has no native buckets, once in the life of the process.
fn warn_once(family: &str, scale: i32) {
    static REPORTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if lock(&REPORTED).insert(family.to_owned()) {
        tracing::warn!(
            family,
            scale,
            "an exponential histogram is not shown as a native one: Prometheus knows no scale \
             below -4"
        );
    }
}
