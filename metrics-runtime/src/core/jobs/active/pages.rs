use std::cell::Cell;

use super::sync::{AtomicU64, Mutex, MutexGuard, Ordering, PoisonError, SLOTS};

/// A place for a job that runs.
#[derive(Debug)]
pub(crate) struct Slot {
    series: AtomicU64,
    /// Never 0 while a job is in it.
    started: AtomicU64,
}

pub(super) type Page = [Slot; SLOTS];

/// The slots of all threads.
///
/// A thread puts jobs into the slots of its page, as the only one who does, and whoever ends a job
/// empties its slot: a few plain loads and stores. What is to be known of the jobs is read from the
/// slots when somebody asks.
#[derive(Debug, Default)]
pub(super) struct Pages {
    pages: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    all: Vec<&'static Page>,
    /// Those that no thread puts jobs into. There may still be some in them.
    spare: Vec<&'static Page>,
    /// Where to look for an emptier page.
    next: usize,
}

/// The page of one thread.
#[derive(Debug)]
pub(super) struct OwnPage {
    page: Cell<Option<&'static Page>>,
    next: Cell<usize>,
}

/// Pages to look at before there is another one.
const LOOKS: usize = 8;

impl Slot {
    #[inline]
    fn is_empty(&self) -> bool {
        self.started.load(Ordering::Acquire) == 0
    }

    #[inline]
    fn fill(&self, series: u64, started: u64) {
        self.series.store(series, Ordering::Release);
        self.started.store(started, Ordering::Release);
    }

    /// The job is over.
    #[inline]
    pub(crate) fn empty(&self) {
        self.started.store(0, Ordering::Release);
    }

    /// The job's series and its start; both of one job, which a change meanwhile would show.
    fn read(&self) -> Option<(u64, u64)> {
        let started = self.started.load(Ordering::Acquire);
        let series = self.series.load(Ordering::Acquire);
        let same = self.started.load(Ordering::Relaxed) == started;
        (started != 0 && same).then_some((series, started))
    }
}

impl OwnPage {
    pub(super) const fn none() -> Self {
        Self { page: Cell::new(None), next: Cell::new(0) }
    }

    /// Puts a job into one of this thread's slots, if one is found.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the first slot is free as a rule")]
    pub(super) fn put(&self, series: u64, started: u64) -> Option<&'static Slot> {
        let page = self.page.get()?;
        // In a page that is almost full the search costs more than another page.
        for _ in 0..SLOTS.div_ceil(2) {
            let slot = &page[self.next.get() % SLOTS];
            self.next.set(self.next.get().wrapping_add(1));
            if slot.is_empty() {
                slot.fill(series, started);
                return Some(slot);
            }
        }
        None
    }
}

impl Pages {
    /// Gives a thread another page, with room in it, for the one it has.
    pub(super) fn exchange(&self, own: &OwnPage) {
        let mut list = self.list();
        if let Some(full) = own.page.take() {
            list.spare.push(full);
        }
        own.page.set(Some(list.roomy()));
    }

    /// Takes the page of a thread that ends.
    pub(super) fn take_back(&self, own: &OwnPage) {
        if let Some(page) = own.page.take() {
            self.list().spare.push(page);
        }
    }

    /// Calls `see` with the series and the start of every job.
    pub(super) fn each(&self, see: impl FnMut((u64, u64))) {
        let pages = self.list().all.clone();
        pages.iter().flat_map(|page| page.iter()).filter_map(Slot::read).for_each(see);
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    /// A page that is more than half empty, so that a search through half of it finds room: one of those that were full some time ago, or a new one.
    fn roomy(&mut self) -> &'static Page {
        for _ in 0..LOOKS.min(self.spare.len()) {
            self.next = (self.next + 1) % self.spare.len();
            let page = self.spare[self.next];
            if page.iter().filter(|slot| slot.is_empty()).count() > SLOTS / 2 {
                return self.spare.swap_remove(self.next);
            }
        }
        let empty = |_| Slot { series: AtomicU64::new(0), started: AtomicU64::new(0) };
        let page: &'static Page = Box::leak(Box::new(std::array::from_fn(empty)));
        self.all.push(page);
        page
    }
}
