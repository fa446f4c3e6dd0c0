//! Who may write to which cells.

#[path = "../../../metrics-runtime/src/core/storage/shards/pool.rs"]
mod pool;
mod sync;

use std::{fmt, ops::Deref, sync::Arc};

pub(crate) use pool::Shards;

/// A shard while a thread has it.
pub(crate) struct Owned<S: Default + 'static> {
    shards: Arc<Shards<S>>,
    index: usize,
}

impl<S: Default + 'static> Owned<S> {
    /// Takes a shard, as a thread does that records for the first time.
    pub(crate) fn take(shards: &Arc<Shards<S>>) -> Option<Self> {
        Some(Self { index: shards.take()?, shards: Arc::clone(shards) })
    }
}

impl<S: Default + 'static> Deref for Owned<S> {
    type Target = S;

    fn deref(&self) -> &S {
        self.shards.shard(self.index)
    }
}

/// The thread ends.
impl<S: Default + 'static> Drop for Owned<S> {
    fn drop(&mut self) {
        // A failed model drops its shards too; a second failure would hide the first.
        if !std::thread::panicking() {
            self.shards.give_back(self.index);
        }
    }
}

impl<S: Default + 'static> fmt::Debug for Owned<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owned").field("index", &self.index).finish_non_exhaustive()
    }
}

/// The shards of a model with cells of this kind.
pub(crate) fn shards<S: Default + 'static>(count: usize) -> Arc<Shards<S>> {
    Arc::new(Shards::new(count))
}
