use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::core::{instruments::UpDownGuard, self_metrics::active_scrape};

/// How many scrapes may go on at a time, and which do.
///
/// A scrape goes on until its body has been handed to the connection, so that clients who read slowly count. But
/// they count no longer than for `longest`: otherwise a few of them could lock Prometheus out for good.
pub(super) struct Slots {
    limit: usize,
    longest: Duration,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    /// The first is the next to end: all may last equally long.
    scrapes: BTreeMap<u64, Scrape>,
}

struct Scrape {
    /// When it ends at the latest.
    end: Option<Instant>,
    _active: UpDownGuard,
}

/// The right to one scrape, given back when it is dropped.
pub(super) struct Slot {
    slots: Arc<Slots>,
    id: u64,
    end: Option<Instant>,
}

impl Slots {
    pub(super) fn new(limit: usize, longest: Duration) -> Arc<Self> {
        Arc::new(Self { limit, longest, taken: Mutex::default() })
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// A slot, unless all are taken.
    pub(super) fn take(self: &Arc<Self>) -> Option<Slot> {
        let now = Instant::now();
        let mut taken = self.lock();
        while let Some(first) = taken.scrapes.first_entry()
            && has_passed(first.get().end, now)
        {
            first.remove();
        }
        if taken.scrapes.len() >= self.limit {
            return None;
        }
        let (id, end) = (taken.next, now.checked_add(self.longest));
        taken.next += 1;
        taken.scrapes.insert(id, Scrape { end, _active: active_scrape() });
        Some(Slot { slots: Arc::clone(self), id, end })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Whether it may be another scrape's by now.
    pub(super) fn has_ended(&self) -> bool {
        has_passed(self.end, Instant::now())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.lock().scrapes.remove(&self.id);
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A time too far away to be told never passes.
fn has_passed(end: Option<Instant>, now: Instant) -> bool {
    end.is_some_and(|end| end <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(30);
    const TICK: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn a_slot_that_is_dropped_is_free() {
        let slots = Slots::new(2, LONGEST);
        let first = slots.take();
        let second = slots.take();
        assert!(first.is_some() && second.is_some() && slots.take().is_none());
        drop(first);
        let third = slots.take();
        assert!(third.is_some() && slots.take().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_that_is_kept_too_long_counts_no_longer() {
        let slots = Slots::new(1, LONGEST);
        let old = slots.take().unwrap();
        tokio::time::advance(LONGEST.saturating_sub(TICK)).await;
        assert!(!old.has_ended() && slots.take().is_none());

        tokio::time::advance(TICK).await;
        assert!(old.has_ended());
        let new = slots.take().unwrap();
        // What ends late takes nothing from its successor.
        drop(old);
        assert!(!new.has_ended() && slots.take().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_too_long_to_be_told_does_not_end() {
        let slots = Slots::new(1, Duration::MAX);
        let slot = slots.take().unwrap();
        tokio::time::advance(Duration::from_secs(1_000_000)).await;
        assert!(!slot.has_ended() && slots.take().is_none());
    }
}
