use super::{
    cell::{HistogramCell, LINE, Read, Written},
    layout::Layout,
    sample::Sample,
    sync::{AtomicU32, AtomicU64, Ordering, spin},
    tally::Tally,
};

/// The cells of a shard for the histograms in one column, which have one layout.
#[derive(Debug)]
pub(crate) struct HistogramChunk {
    layout: &'static Layout,
    /// The cells, from the begin of a cache line on.
    words: &'static [AtomicU64],
    /// The number of readers that ask the writer to wait a moment.
    readers: AtomicU32,
}

/// The cells of a chunk.
pub(super) const CELLS: u32 = 32;

/// The reads that fail before a reader asks the writer to wait.
const PATIENCE: u32 = 8;

/// The longest wait of a writer, in turns of a loop: some hundred nanoseconds.
const WAIT: u32 = 64;

/// The lines of a cell of this layout.
pub(super) fn stride(layout: &Layout) -> usize {
    1 + layout.buckets().div_ceil(LINE)
}

impl HistogramChunk {
    pub(crate) fn vacant(layout: &'static Layout) -> Self {
        let words = aligned_words(CELLS as usize * stride(layout) * LINE);
        Self { layout, words, readers: AtomicU32::new(0) }
    }

    fn cell(&self, line: usize) -> Option<HistogramCell<'_>> {
        HistogramCell::new(self.words.get(line * LINE..(line + stride(self.layout)) * LINE)?)
    }

    /// Adds a sample to the cell that begins with this line, on the thread of the shard.
    pub(super) fn write<V: Sample>(&self, line: usize, generation: u16, value: V) -> Written {
        if self.readers.load(Ordering::Relaxed) != 0 {
            self.wait();
        }
        let bucket = self.layout.bucket_within(value.to_f64());
        let cell = self.cell(line);
        cell.map_or(Written::Unavailable, |cell| cell.write(generation, value, bucket))
    }

    /// Adds a sample if nothing is unusual; does nothing and returns `false` otherwise.
    #[inline]
    pub(super) fn write_quickly<V: Sample>(&self, line: usize, generation: u16, value: V) -> bool {
        if self.readers.load(Ordering::Relaxed) != 0 {
            return false;
        }
        let Some(bucket) = self.layout.quick_bucket(value.to_f64()) else { return false };
        // The bucket is one of the layout, so that the end of the cell does not matter.
        let cell = self.words.get(line * LINE..).and_then(HistogramCell::new);
        cell.is_some_and(|cell| cell.write_quickly(generation, value, bucket))
    }

    /// Lets readers finish. The wait is short, because nothing depends on it.
    fn wait(&self) {
        for _ in 0..WAIT {
            if self.readers.load(Ordering::Relaxed) == 0 {
                break;
            }
            spin();
        }
    }

    /// Prepares a cell for a series, on the thread of the shard.
    pub(super) fn adopt<V: Sample>(&self, line: usize, generation: u16) {
        if let Some(cell) = self.cell(line) {
            cell.adopt::<V>(generation);
        }
    }

    /// Adds the samples of a series to a distribution, exactly. `scratch` is overwritten.
    pub(super) fn read<V: Sample>(
        &self,
        line: usize,
        generation: u16,
        scratch: &mut Vec<u64>,
        tally: &mut Tally<V>,
    ) {
        let Some(cell) = self.cell(line) else { return };
        scratch.clear();
        scratch.resize(self.layout.buckets(), 0);
        let mut tries = 0;
        let read = loop {
            let read = cell.read::<V>(generation, scratch);
            if read != Read::Again {
                break read;
            }
            tries += 1;
            if tries == PATIENCE {
                self.readers.fetch_add(1, Ordering::Relaxed);
            }
            spin();
        };
        if tries >= PATIENCE {
            self.readers.fetch_sub(1, Ordering::Relaxed);
        }
        if let Read::Samples { count, sum, extremes } = read {
            tally.merge_sum(count, sum, Some(extremes));
            for (bucket, count) in scratch.iter().enumerate() {
                tally.buckets[tally.layout.bucket_of(self.layout, bucket)] += count;
            }
        }
    }
}

/// Words from the begin of a cache line on, so that threads do not share one. They stay, as the
/// chunks of shards do.
fn aligned_words(count: usize) -> &'static [AtomicU64] {
    let words: Box<[_]> = (0..count + LINE - 1).map(|_| AtomicU64::new(0)).collect();
    let words: &'static [AtomicU64] = Box::leak(words);
    let past = words.as_ptr().addr() / size_of::<AtomicU64>() % LINE;
    let first = (LINE - past) % LINE;
    &words[first..first + count]
}
