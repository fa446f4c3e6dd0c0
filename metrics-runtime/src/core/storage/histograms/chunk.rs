use super::{
    cell::{HistogramCell, Line, Read, WORDS, Written},
    layout::Layout,
    sample::Sample,
    sync::{AtomicU32, Ordering, spin},
    tally::Tally,
};

/// The cells of a shard for the histograms in one column, which have one layout.
#[derive(Debug)]
pub(crate) struct HistogramChunk {
    layout: &'static Layout,
    /// The lines of a cell.
    stride: usize,
    lines: Box<[Line]>,
    /// The number of readers that ask the writer to wait a moment.
    readers: AtomicU32,
}

/// The cells of a chunk.
pub(crate) const CELLS: usize = 32;

/// The reads that fail before a reader asks the writer to wait.
const PATIENCE: u32 = 8;

/// The longest wait of a writer, in turns of a loop: some hundred nanoseconds.
const WAIT: u32 = 64;

impl HistogramChunk {
    pub(crate) fn vacant(layout: &'static Layout) -> Self {
        let stride = 1 + layout.buckets().div_ceil(WORDS);
        let lines = (0..CELLS * stride).map(|_| Line::vacant()).collect();
        Self { layout, stride, lines, readers: AtomicU32::new(0) }
    }

    #[inline]
    fn cell(&self, cell: usize) -> Option<HistogramCell<'_>> {
        let first = cell % CELLS * self.stride;
        HistogramCell::new(self.lines.get(first..first + self.stride)?)
    }

    /// Adds a sample, on the thread of the shard.
    #[inline]
    pub(crate) fn write<V: Sample>(&self, cell: usize, generation: u16, value: V) -> Written {
        if self.readers.load(Ordering::Relaxed) != 0 {
            self.wait();
        }
        let bucket = self.layout.bucket(value.to_f64());
        let Some(cell) = self.cell(cell) else { return Written::Unavailable };
        cell.write(generation, value, bucket)
    }

    /// Lets readers finish. The wait is short, because nothing depends on it.
    #[cold]
    fn wait(&self) {
        for _ in 0..WAIT {
            if self.readers.load(Ordering::Relaxed) == 0 {
                break;
            }
            spin();
        }
    }

    /// Prepares a cell for a series, on the thread of the shard.
    pub(super) fn adopt(&self, cell: usize, generation: u16) {
        if let Some(cell) = self.cell(cell) {
            cell.adopt(generation);
        }
    }

    /// Adds the samples of a series to a distribution, exactly. `scratch` is overwritten.
    pub(super) fn read<V: Sample>(
        &self,
        cell: usize,
        generation: u16,
        scratch: &mut Vec<u64>,
        tally: &mut Tally<V>,
    ) {
        let Some(cell) = self.cell(cell) else { return };
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
