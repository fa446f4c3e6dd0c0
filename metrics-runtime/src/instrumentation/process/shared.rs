use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// A reading that the observations of one collection share.
///
/// A collection calls the observations one after another, and says neither when it begins nor when
/// it ends. An observation that asks again after a reading that it has had is in a later
/// collection.
pub(super) struct Shared<T> {
    read: Box<dyn Fn() -> T + Send + Sync>,
    last: Mutex<Option<Last<T>>>,
}

struct Last<T> {
    value: T,
    number: u64,
    at: Instant,
}

/// The greatest age of a shared reading. One collection takes less; an observation that the last
/// collection did not ask must not show an old reading.
const MAX_AGE: Duration = Duration::from_millis(100);

/// The number of the reading that an observation has had.
#[derive(Debug, Default)]
pub(super) struct Seen(AtomicU64);

impl<T: Clone> Shared<T> {
    pub(super) fn new(read: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { read: Box::new(read), last: Mutex::new(None) }
    }

    /// The last reading, or a new one if the observation has had the last one.
    pub(super) fn get(&self, seen: &Seen) -> T {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let had = seen.0.load(Ordering::Relaxed);
        let number = match &*last {
            Some(last) if last.number > had && last.at.elapsed() < MAX_AGE => {
                seen.0.store(last.number, Ordering::Relaxed);
                return last.value.clone();
            }
            Some(last) => last.number + 1,
            None => 1,
        };
        let value = (self.read)();
        *last = Some(Last { value: value.clone(), number, at: Instant::now() });
        seen.0.store(number, Ordering::Relaxed);
        value
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{Seen, Shared};

    #[test]
    fn a_collection_reads_once_and_the_next_one_again() {
        let readings = AtomicU32::new(0);
        let shared = Shared::new(move || readings.fetch_add(1, Ordering::Relaxed));
        let observations = [Seen::default(), Seen::default(), Seen::default()];
        // A slow machine may take longer than a reading may be old, for one of the collections.
        let collected = |_| observations.each_ref().map(|seen| shared.get(seen));
        let collections: Vec<_> = (0..20).map(collected).collect();
        let is_shared = |values: &&[u32; 3]| values[0] == values[1] && values[1] == values[2];
        assert!(collections.iter().filter(is_shared).count() >= 10, "{collections:?}");
        for pair in collections.windows(2) {
            assert!(pair[0][2] < pair[1][0], "{collections:?}");
        }
    }
}
