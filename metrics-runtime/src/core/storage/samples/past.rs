use super::{sample_value::SampleValue, summary::Summary};

/// What a series has seen: the samples themselves while they are few, then count and sum for each
/// declared bucket, in bounded memory.
#[derive(Debug)]
pub(super) struct Past<V> {
    sum: V,
    min: V,
    max: V,
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
}

/// Samples that are kept one by one. Up to here a runtime may have other boundaries than the
/// declared ones and still count every early sample in the right bucket.
const EXACT: usize = 256;

impl<V: SampleValue> Default for Past<V> {
    fn default() -> Self {
        Self { sum: V::ZERO, min: V::ZERO, max: V::ZERO, seen: Seen::Exact(Vec::new()) }
    }
}

impl<V: SampleValue> Past<V> {
    pub(super) fn is_empty(&self) -> bool {
        matches!(&self.seen, Seen::Exact(samples) if samples.is_empty())
    }

    /// Takes a sample in, unless the sum of all could not be told any more; tells whether it has.
    #[inline]
    pub(super) fn push(&mut self, value: V, boundaries: &[f64]) -> bool {
        let Some(sum) = self.sum.checked_plus(value) else { return false };
        self.sum = sum;
        if let Seen::Folded(buckets) = &mut self.seen {
            self.min = if value < self.min { value } else { self.min };
            self.max = if value > self.max { value } else { self.max };
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
            let mut buckets = vec![Bucket { count: 0, sum: V::ZERO }; boundaries.len() + 1];
            (self.min, self.max) = (value, value);
            for sample in samples.iter().copied() {
                self.min = if sample < self.min { sample } else { self.min };
                self.max = if sample > self.max { sample } else { self.max };
                buckets[bucket_of(sample, boundaries)].push(sample);
            }
            self.seen = Seen::Folded(buckets.into());
        }
    }

    pub(super) fn count(&self) -> u64 {
        match &self.seen {
            Seen::Exact(samples) => samples.len() as u64,
            Seen::Folded(buckets) => buckets.iter().map(|bucket| bucket.count).sum(),
        }
    }

    /// Calls `record` with the samples, or with as many others of the same sum, minimum and
    /// maximum, and as many in each bucket.
    fn replay(&self, boundaries: &[f64], mut record: impl FnMut(V)) {
        let buckets = match &self.seen {
            Seen::Exact(samples) => return samples.iter().copied().for_each(record),
            Seen::Folded(buckets) => buckets,
        };
        let (first, last) = (bucket_of(self.min, boundaries), bucket_of(self.max, boundaries));
        for (nth, bucket) in buckets.iter().enumerate() {
            let mut rest = bucket.clone();
            for (_, extreme) in [(first, self.min), (last, self.max)].iter().filter(|e| e.0 == nth)
            {
                if rest.count > 0 {
                    rest.count -= 1;
                    rest.sum = rest.sum.minus(*extreme);
                    record(*extreme);
                }
            }
            let above = nth.checked_sub(1).and_then(|lower| boundaries.get(lower).copied());
            for part in V::parts(rest.sum, rest.count) {
                record(part.within(above, boundaries.get(nth).copied()));
            }
        }
    }

    /// All that there is to know of the samples.
    pub(super) fn summary(&self, boundaries: &[f64]) -> Summary {
        let (mut extremes, mut buckets) = (None, vec![0; boundaries.len() + 1]);
        self.replay(boundaries, |value| {
            buckets[bucket_of(value, boundaries)] += 1;
            let (min, max) = extremes.get_or_insert((value, value));
            *min = if value < *min { value } else { *min };
            *max = if value > *max { value } else { *max };
        });
        Summary {
            count: self.count(),
            sum: self.sum.to_value(),
            extremes: extremes.map(|(min, max)| (min.to_value(), max.to_value())),
            buckets,
        }
    }

    pub(super) fn tell(&self, boundaries: &[f64], sink: impl FnMut(V)) {
        self.replay(boundaries, sink);
    }
}

/// Counting all boundaries below needs no branches, and is faster than to search among so few.
#[inline]
fn bucket_of<V: SampleValue>(value: V, boundaries: &[f64]) -> usize {
    let value = value.to_f64();
    boundaries.iter().map(|boundary| usize::from(*boundary < value)).sum()
}

impl<V: SampleValue> Bucket<V> {
    #[inline]
    fn push(&mut self, value: V) {
        self.count += 1;
        self.sum = self.sum.plus(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDARIES: [f64; 3] = [0.1, 1.0, 10.0];

    /// Count, sum, minimum, maximum and buckets of what is told of `samples`.
    fn told<V: SampleValue>(samples: &[V]) -> (u64, f64, f64, f64, [u64; 4]) {
        let mut past = Past::default();
        assert!(samples.iter().all(|sample| past.push(*sample, &BOUNDARIES)));
        assert_eq!(past.count(), samples.len() as u64);
        let mut told = (0, 0.0, f64::INFINITY, f64::NEG_INFINITY, [0; 4]);
        past.replay(&BOUNDARIES, |value| {
            told.4[bucket_of(value, &BOUNDARIES)] += 1;
            let value = value.to_f64();
            told = (told.0 + 1, told.1 + value, told.2.min(value), told.3.max(value), told.4);
        });
        told
    }

    #[test]
    fn few_samples_are_told_as_they_were() {
        assert_eq!(told(&[0.25, 4.0, 0.0625]), (3, 4.3125, 0.0625, 4.0, [1, 1, 1, 0]));
    }

    #[test]
    fn many_samples_keep_their_sum_extremes_and_buckets() {
        let samples: Vec<f64> = (0..2_000_u32).map(|i| f64::from(i * 7919 % 1000) / 64.0).collect();
        let (count, sum, min, max, buckets) = told(&samples);
        let in_bucket = |nth| samples.iter().filter(|s| bucket_of(**s, &BOUNDARIES) == nth).count();
        assert_eq!((count, min, max), (2_000, 0.0, 999.0 / 64.0));
        assert_eq!(buckets, [0, 1, 2, 3].map(|nth| in_bucket(nth) as u64));
        let expected: f64 = samples.iter().sum();
        assert!((sum - expected).abs() < expected * 1e-12, "{sum} {expected}");
    }

    #[test]
    fn a_mean_stays_in_its_bucket_however_it_is_rounded() {
        let just_above = 0.1_f64.next_up();
        let samples: Vec<f64> = [just_above; 999].into_iter().chain([5.0]).collect();
        assert_eq!(told(&samples).4, [0, 999, 1, 0]);
    }

    #[test]
    fn whole_numbers_keep_their_sum_to_the_last_one() {
        let samples: Vec<u64> = (0..1_000).map(|i| i * 31 % 17).collect();
        let (count, sum, min, max, _) = told(&samples);
        let expected: u64 = samples.iter().sum();
        assert_eq!((count, sum, min, max), (1_000, expected as f64, 0.0, 16.0));
    }

    #[test]
    fn a_sum_that_could_not_be_told_is_refused() {
        let mut whole = Past::default();
        assert!(whole.push(u64::MAX, &BOUNDARIES));
        assert!(!whole.push(1_u64, &BOUNDARIES));
        assert!(whole.push(0, &BOUNDARIES));
        let mut float = Past::default();
        assert!(float.push(f64::MAX, &BOUNDARIES));
        assert!(!float.push(f64::MAX, &BOUNDARIES));
        assert_eq!(float.count(), 1);
    }
}
