use std::{
    cell::Cell,
    sync::{
        Arc, LazyLock, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use papaya::{Equivalent, Guard, HashMap};
use seize::Collector;

use super::{
    labels::SeriesLabels,
    limits::LastUsed,
    lookup::{AnyLabels, Key, LabelHashes, Lookup},
};
use crate::core::sync::{ReentrancyGuard, ThreadExit, lock_unless_lost};

/// Series by their labels.
///
/// Finding a series takes no lock. Threads change the map one after the other, under a lock that
/// the caller holds.
///
/// The table counts its entries by thread-locals of its own. A thread whose thread-locals may be
/// destroyed can read the table, but not change it: it leaves its changes to the next thread.
#[derive(Debug)]
pub(super) struct SeriesMap<P> {
    table: HashMap<Key, Entry<P>, LabelHashes>,
    /// Whether there are late changes, so that other threads take no lock.
    has_late: AtomicBool,
    late: Mutex<LateChanges<P>>,
}

/// Frees what is removed from a table when no thread can read it any more. One for all tables,
/// because it has memory for each thread.
static COLLECTOR: LazyLock<Arc<Collector>> = LazyLock::new(|| Arc::new(Collector::new()));

#[derive(Debug)]
struct Entry<P> {
    slot: P,
    last_used: LastUsed,
    /// Whether the series has ended, and is still in the table.
    has_ended: AtomicBool,
}

/// The changes by threads at their end that are not in the table yet. There are few: the next
/// thread that changes or reads all series applies them.
#[derive(Debug)]
struct LateChanges<P> {
    begun: Vec<(Key, Entry<P>)>,
    /// Series in the table.
    ended: Vec<Key>,
}

impl<P: Copy + Send + 'static> SeriesMap<P> {
    pub(super) fn new() -> Self {
        Self {
            table: HashMap::builder()
                .hasher(LabelHashes::default())
                .shared_collector(Arc::clone(&COLLECTOR))
                .build(),
            has_late: AtomicBool::new(false),
            late: Mutex::new(LateChanges { begun: Vec::new(), ended: Vec::new() }),
        }
    }

    /// The slot of the series of these labels, which counts as a use of the series. May miss a
    /// series that a thread at its end has begun.
    #[inline]
    pub(super) fn find(&self, labels: &dyn AnyLabels) -> Option<P> {
        self.look_up(labels, Entry::used)
    }

    /// [`find`](Self::find) for a caller that holds the lock: misses no series.
    pub(super) fn find_locked(&self, labels: &dyn AnyLabels) -> Option<P> {
        self.look_up_locked(labels, Entry::used)
    }

    /// [`find`](Self::find) that does not count as a use of the series.
    pub(super) fn peek(&self, labels: &dyn AnyLabels) -> Option<P> {
        self.look_up(labels, Entry::current)
    }

    /// [`peek`](Self::peek) for a caller that holds the lock: misses no series.
    pub(super) fn peek_locked(&self, labels: &dyn AnyLabels) -> Option<P> {
        self.look_up_locked(labels, Entry::current)
    }

    #[inline]
    fn look_up(
        &self,
        labels: &dyn AnyLabels,
        slot: impl FnOnce(&Entry<P>) -> Option<P>,
    ) -> Option<P> {
        if self.can_change() {
            self.look_up_under(labels, slot, &self.table.guard())
        } else {
            let _guard = ReentrancyGuard::enter();
            self.look_up_under(labels, slot, &self.table.owned_guard())
        }
    }

    #[inline]
    fn look_up_under(
        &self,
        labels: &dyn AnyLabels,
        slot: impl FnOnce(&Entry<P>) -> Option<P>,
        guard: &impl Guard,
    ) -> Option<P> {
        self.table.get(&Lookup(labels), guard).and_then(slot)
    }

    fn look_up_locked(
        &self,
        labels: &dyn AnyLabels,
        slot: fn(&Entry<P>) -> Option<P>,
    ) -> Option<P> {
        self.settle();
        self.look_up(labels, slot).or_else(|| {
            let late = self.late()?;
            let (_, entry) = late.begun.iter().find(|(key, _)| Lookup(labels).equivalent(key))?;
            slot(entry)
        })
    }

    /// The labels of the series of these labels, as the map has them. The caller holds the lock.
    pub(super) fn labels(&self, labels: &dyn AnyLabels) -> Option<Arc<SeriesLabels>> {
        self.settle();
        let guard = self.table.owned_guard();
        let known = self.table.get_key_value(&Lookup(labels), &guard);
        if let Some((key, _)) = known.filter(|(_, entry)| !entry.has_ended()) {
            return Some(Arc::clone(&key.0));
        }
        let late = self.late()?;
        let (key, _) = late.begun.iter().find(|(key, _)| Lookup(labels).equivalent(key))?;
        Some(Arc::clone(&key.0))
    }

    /// Adds a series, which counts as a use. The caller holds the lock.
    pub(super) fn insert(&self, labels: Arc<SeriesLabels>, slot: P, last_used: LastUsed) {
        self.settle();
        let entry = Entry { slot, last_used, has_ended: AtomicBool::new(false) };
        entry.used();
        if self.can_change() {
            self.table.insert(Key(labels), entry, &self.table.owned_guard());
        } else {
            let Some(mut late) = lock_unless_lost(&self.late) else { return };
            late.begun.push((Key(labels), entry));
            self.has_late.store(true, Ordering::Relaxed);
        }
    }

    /// Removes exactly this series. `None` if it has ended already. The caller holds the lock.
    pub(super) fn remove(&self, labels: &Arc<SeriesLabels>) -> Option<P> {
        self.settle();
        let key = Key(Arc::clone(labels));
        let guard = self.table.owned_guard();
        let known = self.table.get_key_value(&key, &guard);
        let known = known.filter(|(known, _)| Arc::ptr_eq(&known.0, labels));
        let Some((_, entry)) = known.filter(|(_, entry)| !entry.has_ended()) else {
            let mut late = self.late()?;
            let at = late.begun.iter().position(|(known, _)| Arc::ptr_eq(&known.0, labels))?;
            return Some(late.begun.swap_remove(at).1.slot);
        };
        let slot = entry.slot;
        if self.can_change() {
            self.table.remove(&key, &guard);
        } else {
            let mut late = lock_unless_lost(&self.late)?;
            entry.has_ended.store(true, Ordering::Relaxed);
            late.ended.push(key);
            self.has_late.store(true, Ordering::Relaxed);
        }
        Some(slot)
    }

    /// The series that exist now.
    pub(super) fn all(&self) -> Vec<(Arc<SeriesLabels>, P)> {
        let _guard = ReentrancyGuard::enter();
        // Until the end, so that no series moves meanwhile.
        let Some(late) = lock_unless_lost(&self.late) else { return Vec::new() };
        let guard = self.table.owned_guard();
        let begun = late.begun.iter().map(|(key, entry)| (key, entry));
        let all = self.table.iter(&guard).filter(|(_, entry)| !entry.has_ended()).chain(begun);
        all.map(|(key, entry)| (Arc::clone(&key.0), entry.slot)).collect()
    }

    /// Whether there are changes that this thread can put into the table.
    pub(super) fn can_settle(&self) -> bool {
        self.has_late() && self.can_change()
    }

    /// Puts the late changes into the table, if this thread can change it. The caller holds the
    /// lock.
    pub(super) fn settle(&self) {
        if !self.can_settle() {
            return;
        }
        let Some(mut late) = lock_unless_lost(&self.late) else { return };
        let guard = self.table.owned_guard();
        for key in late.ended.drain(..) {
            self.table.remove(&key, &guard);
        }
        for (key, entry) in late.begun.drain(..) {
            self.table.insert(key, entry, &guard);
        }
        self.has_late.store(false, Ordering::Relaxed);
    }

    /// Whether threads at their end have begun or ended series that are not in the table yet.
    pub(super) fn has_late(&self) -> bool {
        self.has_late.load(Ordering::Relaxed)
    }

    /// The late changes, unless there are none, or their lock is lost.
    fn late(&self) -> Option<MutexGuard<'_, LateChanges<P>>> {
        self.has_late().then(|| lock_unless_lost(&self.late))?
    }

    /// Whether the thread-locals of the table exist, so that this thread can change it.
    #[inline]
    fn can_change(&self) -> bool {
        match PHASE.get() {
            Phase::Running => true,
            Phase::Unknown => self.enter_thread(),
            Phase::AtItsEnd => false,
        }
    }

    /// Makes the thread-locals of the table before `EXIT`, so that they are destroyed after it:
    /// thread-locals are destroyed in the reverse order of their first use.
    #[cold]
    fn enter_thread(&self) -> bool {
        let _guard = ReentrancyGuard::enter();
        drop(self.table.guard());
        let is_running = ThreadExit::arm(&EXIT);
        if is_running {
            PHASE.set(Phase::Running);
        }
        is_running
    }
}

impl<P: Copy> Entry<P> {
    fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }

    /// The slot, unless the series has ended.
    #[inline]
    fn current(&self) -> Option<P> {
        (!self.has_ended()).then_some(self.slot)
    }

    /// The slot, unless the series has ended. Counts as a use.
    #[inline]
    fn used(&self) -> Option<P> {
        let slot = self.current()?;
        self.last_used.mark();
        Some(slot)
    }
}

/// What is known of the thread-locals of a thread.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// The thread has not used a map yet.
    Unknown,
    /// Those of the table exist.
    Running,
    /// Those of the table may be destroyed.
    AtItsEnd,
}

thread_local! {
    /// It needs no destructor, so that it exists until the thread is gone.
    static PHASE: Cell<Phase> = const { Cell::new(Phase::Unknown) };
    static EXIT: ThreadExit = const { ThreadExit::new(|| PHASE.set(Phase::AtItsEnd)) };
}
