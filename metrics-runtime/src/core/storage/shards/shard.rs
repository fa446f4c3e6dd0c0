use std::{sync::LazyLock, thread};

use super::{directory::Directory, pool::Shards};
use crate::core::storage::{cells::Chunk, histograms::HistogramChunk};

/// The cells of one thread at a time.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    pub(crate) sums: Directory<Chunk>,
    pub(crate) histograms: Directory<HistogramChunk>,
}

/// The shards of the process.
pub(crate) static SHARDS: LazyLock<Shards<Shard>> = LazyLock::new(|| {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    Shards::new(PER_PROCESSOR * processors)
});

/// The shards for each processor: more threads than processors record now and then, few at once.
const PER_PROCESSOR: usize = 4;
