use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use hashbrown::DefaultHashBuilder;
use papaya::{Guard, HashMap};

use super::{
    Kind, SeriesLabels, Snapshot,
    growth::{Growth, Room, Uses},
    labels::{AnyLabels, Key, Lookup},
};
use crate::{descriptor::MetricDescriptor, labels::OwnedLabel, recording::cells::Busy};

/// Series that come into being with their first use, and can end.
///
/// To find one takes no lock. To begin or to end one takes one, under which the declared limits are
/// kept.
#[derive(Debug)]
pub(super) struct OpenSeries<P> {
    descriptor: &'static MetricDescriptor,
    series: HashMap<Key, Entry<P>, DefaultHashBuilder>,
    growth: Mutex<Growth>,
    overflow: OnceLock<(Arc<SeriesLabels>, P)>,
    overflowed: AtomicU64,
    /// Whether a series has ended in which something was recorded.
    lost_recorded: AtomicBool,
    /// How often series have come or gone.
    changes: AtomicU64,
    snapshot: Mutex<(u64, Arc<Snapshot<P>>)>,
}

#[derive(Debug)]
struct Entry<P> {
    place: P,
    uses: Uses,
}

impl<P: Copy + 'static> OpenSeries<P> {
    pub(super) fn new(descriptor: &'static MetricDescriptor) -> Self {
        Self {
            descriptor,
            series: HashMap::with_hasher(DefaultHashBuilder::default()),
            growth: Mutex::new(Growth::new(descriptor)),
            overflow: OnceLock::new(),
            overflowed: AtomicU64::new(0),
            lost_recorded: AtomicBool::new(false),
            changes: AtomicU64::new(0),
            snapshot: Mutex::new((0, Arc::new(Snapshot::from_iter([])))),
        }
    }

    pub(super) fn place<K: Kind<Place = P>>(&self, labels: &dyn AnyLabels, kind: &K) -> P {
        self.known(labels).unwrap_or_else(|| self.begin(labels, kind))
    }

    pub(super) fn snapshot(&self) -> Arc<Snapshot<P>> {
        let changes = self.changes.load(Ordering::Acquire);
        let mut snapshot = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        if snapshot.0 != changes {
            let guard = self.series.owned_guard();
            let known = self.series.iter(&guard).map(|(key, entry)| (&key.0, entry.place));
            let overflow = self.overflow.get().map(|(labels, place)| (labels, *place));
            let all = known.chain(overflow).map(|(labels, place)| (Arc::clone(labels), place));
            *snapshot = (changes, Arc::new(all.collect()));
        }
        Arc::clone(&snapshot.1)
    }

    pub(super) fn remove<K: Kind<Place = P>>(&self, labels: &dyn AnyLabels, kind: &K) -> bool {
        let (_busy, mut growth) = self.growth();
        let guard = self.series.owned_guard();
        let Some((key, entry)) = self.series.remove_entry(&Lookup(labels), &guard) else {
            return false;
        };
        self.end(&key.0, entry.place, &mut growth, kind);
        true
    }

    pub(super) fn retain<K: Kind<Place = P>>(
        &self,
        keep: &mut dyn FnMut(&SeriesLabels) -> bool,
        kind: &K,
    ) -> usize {
        // The closure may use the metric, which can take the lock.
        let all = self.snapshot();
        let of_limit = |labels: &Arc<_>| {
            self.overflow.get().is_some_and(|(overflow, _)| Arc::ptr_eq(overflow, labels))
        };
        let ended: Vec<_> =
            all.labels.iter().filter(|labels| !of_limit(labels) && !keep(labels)).collect();
        let (_busy, mut growth) = self.growth();
        ended.into_iter().filter(|labels| self.forget(labels, &mut growth, kind)).count()
    }

    pub(super) fn overflowed(&self) -> u64 {
        self.overflowed.load(Ordering::Relaxed)
    }

    /// Whether a series has ended in which something was recorded.
    pub(super) fn lost_recorded(&self) -> bool {
        self.lost_recorded.load(Ordering::Relaxed)
    }

    fn known(&self, labels: &dyn AnyLabels) -> Option<P> {
        if is_thread_at_its_end() {
            return self.known_under(labels, &self.series.owned_guard());
        }
        self.known_under(labels, &self.series.guard())
    }

    #[inline]
    fn known_under(&self, labels: &dyn AnyLabels, guard: &impl Guard) -> Option<P> {
        let entry = self.series.get(&Lookup(labels), guard)?;
        entry.uses.mark();
        Some(entry.place)
    }

    #[cold]
    fn begin<K: Kind<Place = P>>(&self, labels: &dyn AnyLabels, kind: &K) -> P {
        // An allocator that records what this function allocates must not wait for its lock.
        if Busy::is_here() {
            return kind.nowhere();
        }
        let mut values: Vec<OwnedLabel> = Vec::with_capacity(self.descriptor.labels.len());
        labels.each(&mut |value| values.push(value.to_owned_label()));

        let (_busy, mut growth) = self.growth();
        // Another thread may have been here before the lock.
        if let Some(place) = self.known(labels) {
            return place;
        }
        loop {
            match growth.room_for(&values) {
                Room::Free => break,
                Room::After(oldest) => {
                    for ended in oldest {
                        self.forget(&ended, &mut growth, kind);
                    }
                }
                Room::None => return self.overflow(kind),
            }
        }
        let labels = Arc::new(SeriesLabels::new(self.descriptor.labels, values.into()));
        let place = kind.claim(&labels);
        let entry = Entry { place, uses: growth.enter(&labels) };
        entry.uses.mark();
        self.series.insert(Key(labels), entry, &self.series.owned_guard());
        self.changes.fetch_add(1, Ordering::Release);
        place
    }

    /// Ends this very series. `false` if it has ended already.
    fn forget<K: Kind<Place = P>>(
        &self,
        labels: &Arc<SeriesLabels>,
        growth: &mut Growth,
        kind: &K,
    ) -> bool {
        let guard = self.series.owned_guard();
        let key = Key(Arc::clone(labels));
        let known = self.series.get_key_value(&key, &guard);
        let Some((_, entry)) = known.filter(|(known, _)| Arc::ptr_eq(&known.0, labels)) else {
            return false;
        };
        self.series.remove(&key, &guard);
        self.end(labels, entry.place, growth, kind);
        true
    }

    fn end<K: Kind<Place = P>>(
        &self,
        labels: &Arc<SeriesLabels>,
        place: P,
        growth: &mut Growth,
        kind: &K,
    ) {
        growth.leave(labels);
        if kind.was_recorded(place) {
            self.lost_recorded.store(true, Ordering::Relaxed);
        }
        kind.release(place);
        self.changes.fetch_add(1, Ordering::Release);
    }

    fn overflow<K: Kind<Place = P>>(&self, kind: &K) -> P {
        self.overflowed.fetch_add(1, Ordering::Relaxed);
        let mut is_new = false;
        let (_, place) = self.overflow.get_or_init(|| {
            is_new = true;
            let labels = Arc::new(SeriesLabels::overflow());
            let place = kind.claim(&labels);
            (labels, place)
        });
        // Once it can be seen, and not before: who sees the change looks only once.
        if is_new {
            self.changes.fetch_add(1, Ordering::Release);
        }
        *place
    }

    fn growth(&self) -> (Busy, MutexGuard<'_, Growth>) {
        let busy = Busy::here();
        (busy, self.growth.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

thread_local! {
    static LIVES: Lives = const { Lives };
}

/// Ends with the thread, after what the map keeps for it: thread-locals end in the reverse order of
/// their first use, and this one is used before.
struct Lives;

impl Drop for Lives {
    fn drop(&mut self) {}
}

/// Whether the map may have lost what it keeps for this thread, so that it has to do without.
#[inline]
fn is_thread_at_its_end() -> bool {
    LIVES.try_with(|_| ()).is_err()
}
