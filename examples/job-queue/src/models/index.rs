use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Which models are in the folder, and in which order they were used.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: Mutex<Entries>,
    /// The totals are read without the lock.
    bytes: AtomicU64,
    models: AtomicU64,
}

#[derive(Debug, Default)]
struct Entries {
    by_name: HashMap<String, Entry>,
    bytes: u64,
    /// Counts uses.
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    bytes: u64,
    used: u64,
}

impl Index {
    /// Whether a model is there; it is the one that was used last then.
    pub(super) fn use_now(&self, name: &str) -> bool {
        let mut entries = self.lock();
        let clock = entries.tick();
        entries.by_name.get_mut(name).map(|entry| entry.used = clock).is_some()
    }

    pub(super) fn insert(&self, name: &str, bytes: u64) {
        let mut entries = self.lock();
        let used = entries.tick();
        let former = entries.by_name.insert(name.to_owned(), Entry { bytes, used });
        entries.bytes = entries.bytes + bytes - former.map_or(0, |former| former.bytes);
        self.publish(&entries);
    }

    pub(super) fn remove(&self, name: &str) {
        let mut entries = self.lock();
        entries.remove(name);
        self.publish(&entries);
    }

    /// Removes the models that were used least recently, until the others have at most `limit`
    /// bytes. Returns their names.
    pub(super) fn evict(&self, limit: u64) -> Vec<String> {
        let mut entries = self.lock();
        let mut evicted = Vec::new();
        while entries.bytes > limit {
            let oldest = entries.by_name.iter().min_by_key(|(_, entry)| entry.used);
            let Some(name) = oldest.map(|(name, _)| name.clone()) else { break };
            entries.remove(&name);
            evicted.push(name);
        }
        self.publish(&entries);
        evicted
    }

    /// The bytes of all models.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The number of models.
    pub(super) fn models(&self) -> u64 {
        self.models.load(Ordering::Relaxed)
    }

    fn publish(&self, entries: &Entries) {
        self.bytes.store(entries.bytes, Ordering::Relaxed);
        self.models.store(entries.by_name.len() as u64, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn remove(&mut self, name: &str) {
        if let Some(entry) = self.by_name.remove(name) {
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_that_was_used_least_recently_goes_first() {
        let index = Index::default();
        for (name, bytes) in [("a", 30), ("b", 30), ("c", 30), ("c", 40)] {
            index.insert(name, bytes);
        }
        assert!(index.use_now("a"));
        assert!(!index.use_now("d"));
        assert_eq!((index.bytes(), index.models()), (100, 3));
        assert_eq!(index.evict(100), [""; 0]);
        assert_eq!(index.evict(75), ["b"]);
        assert_eq!(index.evict(30), ["c"]);
        index.remove("a");
        assert_eq!((index.bytes(), index.models()), (0, 0));
    }
}
