use std::cell::Cell;

use super::{
    directory::COLUMNS,
    shard::{SHARDS, Shard},
};
use crate::core::{
    storage::{
        cells::Chunk,
        histograms::{HistogramChunk, layout_of_column},
    },
    sync::{ReentrancyGuard, ThreadExit},
};

/// The chunks of a shard that its thread has used, by column.
type LocalChunks<C> = [Cell<Option<&'static C>>; COLUMNS];

thread_local! {
    // They need no destructor, so that access costs no check.
    static SUMS: LocalChunks<Chunk> = const { [const { Cell::new(None) }; COLUMNS] };
    static HISTOGRAMS: LocalChunks<HistogramChunk> = const { [const { Cell::new(None) }; COLUMNS] };
    /// The shard of this thread.
    static SHARD: Cell<Option<usize>> = const { Cell::new(None) };
    static EXIT: ThreadExit = const { ThreadExit::new(give_back) };
}

/// Gives the shard of this thread back, which writes to its cells no more.
fn give_back() {
    let Some(shard) = SHARD.take() else { return };
    let _guard = ReentrancyGuard::enter();
    SUMS.with(|chunks| chunks.iter().for_each(|chunk| chunk.set(None)));
    HISTOGRAMS.with(|chunks| chunks.iter().for_each(|chunk| chunk.set(None)));
    SHARDS.give_back(shard);
}

/// The chunk of sums that this thread has used in a column.
#[inline]
pub(in crate::core::storage) fn sums(column: usize) -> Option<&'static Chunk> {
    SUMS.with(|chunks| chunks.get(column)?.get())
}

/// The chunk of histograms that this thread has used in a column.
#[inline]
pub(in crate::core::storage) fn histograms(column: usize) -> Option<&'static HistogramChunk> {
    HISTOGRAMS.with(|chunks| chunks.get(column)?.get())
}

/// The chunk of sums of this thread's shard in a column. `None` if the thread has no shard, which
/// may also be because it is past its end, or within the storage.
#[cold]
pub(in crate::core::storage) fn own_sums(column: usize) -> Option<&'static Chunk> {
    let shard = own_shard()?;
    let _guard = ReentrancyGuard::enter();
    let chunk = shard.sums.get_or_make(column, Chunk::vacant)?;
    SUMS.with(|chunks| chunks[column].set(Some(chunk)));
    Some(chunk)
}

/// The chunk of histograms of this thread's shard in a column. `None` as for [`own_sums`], or if no
/// cell of the column is given out.
#[cold]
pub(in crate::core::storage) fn own_histograms(column: usize) -> Option<&'static HistogramChunk> {
    // Threads without a shard do not take the lock of the columns.
    let shard = own_shard()?;
    let layout = layout_of_column(column)?;
    let _guard = ReentrancyGuard::enter();
    let chunk = shard.histograms.get_or_make(column, || HistogramChunk::vacant(layout))?;
    HISTOGRAMS.with(|chunks| chunks[column].set(Some(chunk)));
    Some(chunk)
}

fn own_shard() -> Option<&'static Shard> {
    if ReentrancyGuard::is_active() || !ThreadExit::arm(&EXIT) {
        return None;
    }
    let _guard = ReentrancyGuard::enter();
    let index = SHARD.get().or_else(|| SHARDS.take())?;
    SHARD.set(Some(index));
    Some(SHARDS.shard(index))
}
