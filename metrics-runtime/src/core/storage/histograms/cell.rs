use super::{
    extremes::Extremes,
    sample::Sample,
    sync::{AtomicU64, Ordering},
};

/// The words of a cache line. A cell is a line with count, sum and extremes, and as many lines as
/// its buckets fill.
pub(super) const LINE: usize = 8;

/// The words of the first line of a cell.
///
/// Each write has a number, counted from 1 for each series. It sets `BEGUN` before, and `ENDED`
/// after everything else.
mod word {
    /// The number of the last write that has begun, whether it changes the extremes, and its
    /// bucket.
    pub(super) const BEGUN: usize = 0;
    /// The generation of the series, and the number of the last write that has ended.
    pub(super) const ENDED: usize = 1;
    /// Two sums: that of the writes with even numbers, and that of the writes with odd numbers. A
    /// write leaves the sum of the write before it untouched.
    pub(super) const SUM: usize = 2;
    pub(super) const MIN: usize = 4;
    pub(super) const MAX: usize = 5;
    /// The extremes before the last write that changed them.
    pub(super) const EARLIER_MIN: usize = 6;
    pub(super) const EARLIER_MAX: usize = 7;
}

/// The number of a write, in the lower bits of `ENDED`. A write in each nanosecond reaches the last
/// number in three days; further samples go elsewhere.
const NUMBER: u64 = (1 << GENERATION_SHIFT) - 1;
/// In `BEGUN`: set in the upper half of the numbers, which a quick write leaves to the other one.
const UNUSUAL: u64 = 1 << 63;
/// In `BEGUN`: the place of the number.
const NUMBER_SHIFT: u32 = 16;
/// In `BEGUN`: the write changes the extremes.
const CHANGES_EXTREMES: u64 = 1 << 15;
/// In `BEGUN`: the bucket.
const BUCKET: u64 = CHANGES_EXTREMES - 1;
/// In `ENDED`: the place of the generation.
const GENERATION_SHIFT: u32 = 48;

/// The cell of one series in one shard: one thread writes, any thread reads.
///
/// A write is a few loads and stores, without a lock and without a read-modify-write. A read is
/// exact at any moment, also while a write is under way and its thread does not run: count, sum,
/// extremes and buckets are those of the same samples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HistogramCell<'a> {
    head: &'a [AtomicU64; LINE],
    buckets: &'a [AtomicU64],
}

/// The result of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Yes,
    /// The sum would be infinite or leave the range of its type.
    Refused,
    /// The cell belongs to another series, has no bucket for the sample, or its thread is within a
    /// write, which a signal handler can interrupt.
    Unavailable,
}

/// What a read found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Read<V> {
    /// The samples. The buckets were passed on.
    Samples { count: u64, sum: V, extremes: Extremes<V> },
    /// No samples of this series.
    Nothing,
    /// Several writes happened meanwhile.
    Again,
}

impl<'a> HistogramCell<'a> {
    /// The cell that begins with these words.
    #[inline]
    pub(super) fn new(words: &'a [AtomicU64]) -> Option<Self> {
        let (head, buckets) = words.split_first_chunk()?;
        Some(Self { head, buckets })
    }

    #[inline]
    fn word(&self, word: usize) -> &'a AtomicU64 {
        &self.head[word]
    }

    #[inline]
    fn bits<V: Sample>(&self, word: usize) -> V {
        V::from_bits(self.word(word).load(Ordering::Relaxed))
    }

    /// Adds a sample. Called on the thread of the shard only.
    pub(super) fn write<V: Sample>(&self, generation: u16, value: V, bucket: usize) -> Written {
        let Some(last) = self.last(generation).filter(|last| *last < NUMBER) else {
            return Written::Unavailable;
        };
        let Some(count) = self.buckets.get(bucket) else { return Written::Unavailable };
        let Some(sum) = self.sum_with(last, value) else { return Written::Refused };
        let mark = (last + 1) << NUMBER_SHIFT | bucket as u64;
        if self.is_extreme(value) {
            self.begin_with_extremes(mark, value, last == 0);
        } else {
            self.word(word::BEGUN).store(mark, Ordering::Relaxed);
        }
        self.finish(generation, last + 1, sum, count);
        Written::Yes
    }

    /// Adds a sample if nothing is unusual; does nothing and returns `false` otherwise. The
    /// function calls no other one, so that it needs few registers.
    #[inline]
    pub(super) fn write_quickly<V: Sample>(
        &self,
        generation: u16,
        value: V,
        bucket: usize,
    ) -> bool {
        let Some(count) = self.buckets.get(bucket) else { return false };
        let Some(last) = self.last(generation) else { return false };
        // The first sample of a series is an extreme too.
        if self.is_extreme(value) {
            return false;
        }
        let Some(sum) = self.sum_with(last, value) else { return false };
        let mark = (last + 1) << NUMBER_SHIFT;
        if mark & UNUSUAL != 0 {
            return false;
        }
        self.word(word::BEGUN).store(mark | bucket as u64, Ordering::Relaxed);
        self.finish(generation, last + 1, sum, count);
        true
    }

    /// The number of the last write. `None` if the cell belongs to another series, or if a write is
    /// under way.
    #[inline]
    fn last(&self, generation: u16) -> Option<u64> {
        let generation = u64::from(generation) << GENERATION_SHIFT;
        let last = self.word(word::ENDED).load(Ordering::Relaxed) ^ generation;
        let begun = self.word(word::BEGUN).load(Ordering::Relaxed) >> NUMBER_SHIFT;
        // Bits of another generation make the number too large.
        (begun == last).then_some(last)
    }

    /// The sum of the last write with a sample, unless it would be infinite or leave the range of
    /// its type.
    #[inline]
    fn sum_with<V: Sample>(&self, last: u64, value: V) -> Option<V> {
        self.bits::<V>(word::SUM + (last & 1) as usize).checked_plus(value)
    }

    #[inline]
    fn is_extreme<V: Sample>(&self, value: V) -> bool {
        value < self.bits(word::MIN) || value > self.bits(word::MAX)
    }

    #[inline]
    fn finish<V: Sample>(&self, generation: u16, number: u64, sum: V, count: &AtomicU64) {
        count.store(count.load(Ordering::Relaxed) + 1, Ordering::Release);
        let own = word::SUM + (number & 1) as usize;
        self.word(own).store(sum.to_bits(), Ordering::Release);
        let ended = u64::from(generation) << GENERATION_SHIFT | number;
        self.word(word::ENDED).store(ended, Ordering::Release);
    }

    fn begin_with_extremes<V: Sample>(&self, mark: u64, value: V, is_first: bool) {
        let known = Extremes { min: self.bits(word::MIN), max: self.bits(word::MAX) };
        let known = (!is_first).then_some(known);
        let earlier = known.unwrap_or(Extremes { min: value, max: value });
        self.word(word::EARLIER_MIN).store(earlier.min.to_bits(), Ordering::Release);
        self.word(word::EARLIER_MAX).store(earlier.max.to_bits(), Ordering::Release);
        self.word(word::BEGUN).store(mark | CHANGES_EXTREMES, Ordering::Release);
        let Extremes { min, max } = Extremes::with(known, value);
        self.word(word::MIN).store(min.to_bits(), Ordering::Release);
        self.word(word::MAX).store(max.to_bits(), Ordering::Release);
    }

    /// Assigns the cell to a series, unless it belongs to it. Called on the thread of the shard
    /// only.
    pub(super) fn adopt<V: Sample>(&self, generation: u16) {
        let ended = self.word(word::ENDED).load(Ordering::Relaxed);
        if ended >> GENERATION_SHIFT == u64::from(generation) {
            return;
        }
        // A reader of the new words also sees that the series before has ended.
        self.buckets.iter().for_each(|word| word.store(0, Ordering::Release));
        for word in [word::SUM, word::SUM + 1, word::BEGUN] {
            self.word(word).store(0, Ordering::Release);
        }
        self.word(word::MIN).store(V::GREATEST.to_bits(), Ordering::Release);
        self.word(word::MAX).store(V::LEAST.to_bits(), Ordering::Release);
        let vacant = u64::from(generation) << GENERATION_SHIFT;
        self.word(word::ENDED).store(vacant, Ordering::Release);
    }

    /// Reads the samples of a series once. Sets `buckets`, which must have the length of the
    /// layout.
    pub(super) fn read<V: Sample>(&self, generation: u16, buckets: &mut [u64]) -> Read<V> {
        let ended = self.word(word::ENDED).load(Ordering::Acquire);
        let count = ended & NUMBER;
        if ended >> GENERATION_SHIFT != u64::from(generation) || count == 0 {
            return Read::Nothing;
        }
        let mut found = 0;
        for (at, bucket) in buckets.iter_mut().enumerate() {
            *bucket = self.buckets[at].load(Ordering::Acquire);
            found += *bucket;
        }
        let load = |word| V::from_bits(self.word(word).load(Ordering::Acquire));
        let sum = load(word::SUM + (count & 1) as usize);
        let mut extremes = Extremes { min: load(word::MIN), max: load(word::MAX) };

        // Whoever has read a word of a write reads here that the write has begun.
        let begun = self.word(word::BEGUN).load(Ordering::Acquire);
        if begun >> NUMBER_SHIFT == count + 1 {
            // One write is under way. Its bucket may be counted already; its sum is elsewhere.
            if found == count + 1 {
                buckets[(begun & BUCKET) as usize] -= 1;
            }
            if begun & CHANGES_EXTREMES != 0 {
                extremes = Extremes { min: load(word::EARLIER_MIN), max: load(word::EARLIER_MAX) };
            }
            // The next write may have changed the earlier extremes, but only after this one ended.
            if self.word(word::ENDED).load(Ordering::Relaxed) != ended {
                return Read::Again;
            }
        } else if begun >> NUMBER_SHIFT != count {
            return Read::Again;
        }
        Read::Samples { count, sum, extremes }
    }
}
