use super::sync::{AtomicUsize, Mutex, MutexGuard, OnceLock, Ordering, lock_unless_lost};

/// All shards, each of which has one thread at a time. They are never removed.
#[derive(Debug)]
pub(crate) struct Shards<S: 'static> {
    all: Box<[OnceLock<S>]>,
    /// The indexes of the shards without a thread.
    free: Mutex<Vec<usize>>,
    /// The number of shards without a thread, so that a thread that finds none takes no lock.
    available: AtomicUsize,
}

impl<S: Default + 'static> Shards<S> {
    pub(super) fn new(count: usize) -> Self {
        Self {
            all: (0..count).map(|_| OnceLock::new()).collect(),
            // The first ones are taken first, so that few are ever made.
            free: Mutex::new((0..count).rev().collect()),
            available: AtomicUsize::new(count),
        }
    }

    /// Takes a shard without a thread. `None` if every shard has one, or if the lock is lost.
    pub(super) fn take(&self) -> Option<usize> {
        if self.available.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut free = self.free()?;
        let index = free.pop()?;
        self.available.store(free.len(), Ordering::Relaxed);
        Some(index)
    }

    /// Gives a shard back, whose thread does not write to it any more.
    pub(super) fn give_back(&self, index: usize) {
        let Some(mut free) = self.free() else { return };
        free.push(index);
        self.available.store(free.len(), Ordering::Relaxed);
    }

    /// The shard of this index, made at the first use.
    pub(super) fn shard(&self, index: usize) -> &S {
        self.all[index].get_or_init(S::default)
    }

    /// The shards that were ever taken, always in the same order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &S> {
        self.all.iter().filter_map(OnceLock::get)
    }

    fn free(&self) -> Option<MutexGuard<'_, Vec<usize>>> {
        lock_unless_lost(&self.free)
    }
}
