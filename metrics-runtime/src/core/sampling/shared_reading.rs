use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::core::{roles::RoleObserver, sync::lock};

/// A reading that the observations of one collection share: several metrics, one reading.
///
/// A collection calls the observations one after another, and reports neither when it begins nor
/// when it ends. An observation that asks again after a reading that it has had is in a later
/// collection.
///
/// ```
/// use osapi_metrics::{
///     roles::{Items, Level, RoleObserver},
///     sampling::SharedReading,
/// };
///
/// #[derive(Clone)]
/// struct Load { running: u64, blocked: u64 }
///
/// # let (running, blocked) = (Level::<Items>::default(), Level::<Items>::default());
/// let load = SharedReading::new(|| Load { running: 3, blocked: 1 });
/// running.observe(load.observation(|load, observer| {
///     observer.observe(&(), load.running as f64);
/// })).keep();
/// blocked.observe(load.observation(|load, observer| {
///     observer.observe(&(), load.blocked as f64);
/// })).keep();
/// ```
pub struct SharedReading<T> {
    inner: Arc<Inner<T>>,
}

struct Inner<T> {
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
struct Seen(AtomicU64);

impl<T: Clone + Send + 'static> SharedReading<T> {
    /// `read` is called at most once for each collection, and must not block.
    pub fn new(read: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { inner: Arc::new(Inner { read: Box::new(read), last: Mutex::new(None) }) }
    }

    /// The closure of an observation, which reports what it finds in the reading of the collection.
    pub fn observation<C, F>(
        &self,
        report: F,
    ) -> impl Fn(&mut RoleObserver<'_, C>) + Send + Sync + 'static + use<T, C, F>
    where
        C: 'static,
        F: Fn(&T, &mut RoleObserver<'_, C>) + Send + Sync + 'static,
    {
        let (reading, seen) = (self.clone(), Seen::default());
        move |observer| report(&reading.get(&seen), observer)
    }

    /// The last reading, or a new one if the observation has had the last one.
    fn get(&self, seen: &Seen) -> T {
        let mut last = lock(&self.inner.last);
        let had = seen.0.load(Ordering::Relaxed);
        let number = match &*last {
            Some(last) if last.number > had && last.at.elapsed() < MAX_AGE => {
                seen.0.store(last.number, Ordering::Relaxed);
                return last.value.clone();
            }
            Some(last) => last.number + 1,
            None => 1,
        };
        let value = (self.inner.read)();
        *last = Some(Last { value: value.clone(), number, at: Instant::now() });
        seen.0.store(number, Ordering::Relaxed);
        value
    }
}

impl<T> Clone for SharedReading<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<T> fmt::Debug for SharedReading<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedReading").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{Seen, SharedReading};

    #[test]
    fn a_collection_reads_once_and_the_next_one_again() {
        let readings = AtomicU32::new(0);
        let shared = SharedReading::new(move || readings.fetch_add(1, Ordering::Relaxed));
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
