use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

use crate::core::{instruments::UpDownGuard, self_metrics::active_scrape, sync::lock};

/// Limits the number of concurrent scrapes.
///
/// A scrape goes on until its body has been passed to the connection, so that clients that read
/// slowly count. They count at most for `longest`: otherwise a few of them could lock Prometheus
/// out forever.
pub(super) struct ScrapeLimit {
    limit: usize,
    longest: Duration,
    active: Mutex<ActiveScrapes>,
}

#[derive(Default)]
struct ActiveScrapes {
    next: u64,
    /// In the order in which they end: every scrape has the same longest duration.
    scrapes: BTreeMap<u64, ActiveScrape>,
}

struct ActiveScrape {
    /// The latest end of the scrape; absent if the clock cannot represent it.
    end: Option<Instant>,
    _active: UpDownGuard,
}

/// Permits one scrape, until it is dropped.
pub(super) struct ScrapePermit {
    limit: Arc<ScrapeLimit>,
    id: u64,
    end: Option<Instant>,
}

impl ScrapeLimit {
    pub(super) fn new(limit: usize, longest: Duration) -> Arc<Self> {
        Arc::new(Self { limit, longest, active: Mutex::default() })
    }

    /// The largest number of concurrent scrapes.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Admits a scrape, unless the limit is reached.
    pub(super) fn admit(self: &Arc<Self>) -> Option<ScrapePermit> {
        let now = Instant::now();
        let mut active = lock(&self.active);
        while let Some(first) = active.scrapes.first_entry()
            && has_passed(first.get().end, now)
        {
            first.remove();
        }
        if active.scrapes.len() >= self.limit {
            return None;
        }
        let (id, end) = (active.next, now.checked_add(self.longest));
        active.next += 1;
        active.scrapes.insert(id, ActiveScrape { end, _active: active_scrape() });
        Some(ScrapePermit { limit: Arc::clone(self), id, end })
    }
}

impl ScrapePermit {
    /// Whether the permit has expired, so that another scrape may have been admitted instead.
    pub(super) fn has_ended(&self) -> bool {
        has_passed(self.end, Instant::now())
    }
}

impl Drop for ScrapePermit {
    fn drop(&mut self) {
        lock(&self.limit.active).scrapes.remove(&self.id);
    }
}

impl fmt::Debug for ScrapePermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScrapePermit").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Whether the end has passed. An end that the clock cannot represent never passes.
fn has_passed(end: Option<Instant>, now: Instant) -> bool {
    end.is_some_and(|end| end <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(30);
    const TICK: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn a_permit_that_is_dropped_is_free() {
        let scrapes = ScrapeLimit::new(2, LONGEST);
        let first = scrapes.admit();
        let second = scrapes.admit();
        assert!(first.is_some() && second.is_some() && scrapes.admit().is_none());
        drop(first);
        let third = scrapes.admit();
        assert!(third.is_some() && scrapes.admit().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_permit_that_is_kept_too_long_expires() {
        let scrapes = ScrapeLimit::new(1, LONGEST);
        let old = scrapes.admit().unwrap();
        tokio::time::advance(LONGEST.saturating_sub(TICK)).await;
        assert!(!old.has_ended() && scrapes.admit().is_none());

        tokio::time::advance(TICK).await;
        assert!(old.has_ended());
        let new = scrapes.admit().unwrap();
        // Dropping an expired permit does not free the permit of its successor.
        drop(old);
        assert!(!new.has_ended() && scrapes.admit().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_the_clock_cannot_represent_does_not_end() {
        let scrapes = ScrapeLimit::new(1, Duration::MAX);
        let permit = scrapes.admit().unwrap();
        tokio::time::advance(Duration::from_secs(1_000_000)).await;
        assert!(!permit.has_ended() && scrapes.admit().is_none());
    }
}
