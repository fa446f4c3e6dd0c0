use std::cell::Cell;

use super::sync::{AtomicU64, Mutex, MutexGuard, Ordering, SLOTS, lock_unless_lost};

/// A slot for an active job.
#[derive(Debug)]
pub(crate) struct Slot {
    series: AtomicU64,
    /// 0 if the slot is free.
    started: AtomicU64,
}

pub(super) type Page = [Slot; SLOTS];

/// The slots of all threads.
///
/// Only the thread of a page puts jobs into its slots. The thread that ends a job vacates its slot.
/// Both take a few plain loads and stores. A collection reads the slots of all pages.
#[derive(Debug, Default)]
pub(super) struct Pages {
    pages: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    all: Vec<&'static Page>,
    /// The pages without a thread. There may still be jobs in their slots.
    spare: Vec<&'static Page>,
    /// The position in `spare` where the last search ended.
    next: usize,
}

/// The page of one thread.
#[derive(Debug)]
pub(super) struct LocalPage {
    page: Cell<Option<&'static Page>>,
    next: Cell<usize>,
}

/// The number of spare pages that are searched before a new page is made.
const SEARCHED_PAGES: usize = 8;

impl Slot {
    #[inline]
    fn is_free(&self) -> bool {
        self.started.load(Ordering::Acquire) == 0
    }

    #[inline]
    fn fill(&self, series: u64, started: u64) {
        self.series.store(series, Ordering::Release);
        self.started.store(started, Ordering::Release);
    }

    /// Frees the slot of a job that has ended.
    #[inline]
    pub(crate) fn vacate(&self) {
        self.started.store(0, Ordering::Release);
    }

    /// The series and the start of the job. `None` if the slot is free or changes meanwhile.
    fn read(&self) -> Option<(u64, u64)> {
        let started = self.started.load(Ordering::Acquire);
        let series = self.series.load(Ordering::Acquire);
        let same = self.started.load(Ordering::Relaxed) == started;
        (started != 0 && same).then_some((series, started))
    }
}

impl LocalPage {
    pub(super) const fn none() -> Self {
        Self { page: Cell::new(None), next: Cell::new(0) }
    }

    /// Puts a job into a free slot of this page. `None` if half of the page has no free slot.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "usually the first slot is free")]
    pub(super) fn put(&self, series: u64, started: u64) -> Option<&'static Slot> {
        let page = self.page.get()?;
        // In a page that is almost full, a longer search costs more than another page.
        for _ in 0..SLOTS.div_ceil(2) {
            let slot = &page[self.next.get() % SLOTS];
            self.next.set(self.next.get().wrapping_add(1));
            if slot.is_free() {
                slot.fill(series, started);
                return Some(slot);
            }
        }
        None
    }
}

impl Pages {
    /// Replaces the page of a thread by a page with free slots.
    pub(super) fn exchange(&self, local: &LocalPage) {
        let Some(mut list) = self.list() else { return };
        if let Some(full) = local.page.take() {
            list.spare.push(full);
        }
        local.page.set(Some(list.page_with_room()));
    }

    /// Takes the page of a thread that ends.
    pub(super) fn retire(&self, local: &LocalPage) {
        if let Some(page) = local.page.take()
            && let Some(mut list) = self.list()
        {
            list.spare.push(page);
        }
    }

    /// Calls `visit` with the series and the start of each job.
    pub(super) fn each(&self, visit: impl FnMut((u64, u64))) {
        let pages = self.list().map(|list| list.all.clone()).unwrap_or_default();
        pages.iter().flat_map(|page| page.iter()).filter_map(Slot::read).for_each(visit);
    }

    fn list(&self) -> Option<MutexGuard<'_, List>> {
        lock_unless_lost(&self.pages)
    }
}

impl List {
    /// A page with more than half of its slots free, so that a search through half of the page
    /// finds a free slot: a spare page, or a new one.
    fn page_with_room(&mut self) -> &'static Page {
        for _ in 0..SEARCHED_PAGES.min(self.spare.len()) {
            self.next = (self.next + 1) % self.spare.len();
            let page = self.spare[self.next];
            if page.iter().filter(|slot| slot.is_free()).count() > SLOTS / 2 {
                return self.spare.swap_remove(self.next);
            }
        }
        let free = |_| Slot { series: AtomicU64::new(0), started: AtomicU64::new(0) };
        let page: &'static Page = Box::leak(Box::new(std::array::from_fn(free)));
        self.all.push(page);
        page
    }
}
