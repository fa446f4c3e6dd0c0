use super::HistogramValue;
use crate::provider::BoundHistogram;

/// What a series has seen: the samples themselves while they are few, then count, sum, minimum and
/// maximum for each declared bucket, in bounded memory.
#[derive(Debug)]
pub(super) struct Past<V> {
    sum: V,
    seen: Seen<V>,
}

#[derive(Debug)]
enum Seen<V> {
    Exact(Vec<V>),
    Folded(Box<[Bucket<V>]>),
}

#[derive(Clone, Debug)]
struct Bucket<V> {
    count: u64,
    sum: V,
    min: V,
    max: V,
}

/// Samples that are kept one by one. Up to here a runtime may have other boundaries than the
/// declared ones and still count every early sample in the right bucket.
const EXACT: usize = 256;

impl<V: HistogramValue> Default for Past<V> {
    fn default() -> Self {
        Self { sum: V::ZERO, seen: Seen::Exact(Vec::new()) }
    }
}

impl<V: HistogramValue> Past<V> {
    pub(super) fn is_empty(&self) -> bool {
        matches!(&self.seen, Seen::Exact(samples) if samples.is_empty())
    }

    /// Takes a sample in, unless the sum of all could not be told any more; tells whether it has.
    #[inline]
    pub(super) fn push(&mut self, value: V, boundaries: &[f64]) -> bool {
        let Some(sum) = self.sum.checked_plus(value) else { return false };
        self.sum = sum;
        if let Seen::Folded(buckets) = &mut self.seen {
            buckets[bucket_of(value, boundaries)].push(value);
        } else {
            self.push_exact(value, boundaries);
        }
        true
    }

    #[cold]
    fn push_exact(&mut self, value: V, boundaries: &[f64]) {
        let Seen::Exact(samples) = &mut self.seen else { return };
        samples.push(value);
        if samples.len() > EXACT {
            let empty = Bucket { count: 0, sum: V::ZERO, min: V::ZERO, max: V::ZERO };
            let mut buckets = vec![empty; boundaries.len() + 1].into_boxed_slice();
            for sample in samples {
                buckets[bucket_of(*sample, boundaries)].push(*sample);
            }
            self.seen = Seen::Folded(buckets);
        }
    }

    pub(super) fn count(&self) -> u64 {
        match &self.seen {
            Seen::Exact(samples) => samples.len() as u64,
            Seen::Folded(buckets) => buckets.iter().map(|bucket| bucket.count).sum(),
        }
    }

    pub(super) fn replay(&self, sink: &BoundHistogram<V>) {
        match &self.seen {
            Seen::Exact(samples) => samples.iter().for_each(|sample| sink.record(*sample)),
            Seen::Folded(buckets) => buckets.iter().for_each(|bucket| bucket.replay(sink)),
        }
    }
}

/// Counting all boundaries below needs no branches, and is faster than to search among so few.
fn bucket_of<V: HistogramValue>(value: V, boundaries: &[f64]) -> usize {
    let value = value.to_f64();
    boundaries.iter().map(|boundary| usize::from(*boundary < value)).sum()
}

impl<V: HistogramValue> Bucket<V> {
    #[inline]
    fn push(&mut self, value: V) {
        if self.count == 0 {
            (self.min, self.max) = (value, value);
        } else if value < self.min {
            self.min = value;
        } else if value > self.max {
            self.max = value;
        }
        self.count += 1;
        self.sum = self.sum.plus(value);
    }

    /// Records as many samples as there were, of the same sum, minimum and maximum.
    fn replay(&self, sink: &BoundHistogram<V>) {
        if self.count > 0 {
            sink.record(self.min);
        }
        if self.count > 1 {
            sink.record(self.max);
        }
        if self.count > 2 {
            let rest = self.sum.minus(self.min).minus(self.max);
            for part in V::parts(rest, self.count - 2) {
                // Rounding must not carry a mean out of its bucket.
                let part = if part < self.min { self.min } else { part };
                sink.record(if part > self.max { self.max } else { part });
            }
        }
    }
}
