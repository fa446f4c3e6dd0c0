use std::{fmt, sync::LazyLock};

use super::pages::{LocalPage, Pages, Slot};
use crate::core::{
    storage::ObservedId,
    sync::{Moment, ReentrancyGuard, ThreadExit},
};

pub(super) static PAGES: LazyLock<Pages> = LazyLock::new(Pages::default);

thread_local! {
    /// The page of this thread. It needs no destructor, so that an access has no check.
    static PAGE: LocalPage = const { LocalPage::none() };
    static EXIT: ThreadExit = const { ThreadExit::new(retire_page) };
}

fn retire_page() {
    PAGE.with(|page| PAGES.retire(page));
}

/// The entry of a job among the active jobs, until it is dropped.
pub(in crate::core::jobs) struct ActiveJobEntry(&'static Slot);

impl ActiveJobEntry {
    /// Enters a job with the series that shows its age. `None` within the recording core.
    #[inline]
    pub(in crate::core::jobs) fn new(series: ObservedId, started: Moment) -> Option<Self> {
        PAGE.with(|page| page.put(series, started.to_bits()))
            .or_else(|| put_in_another_page(series, started))
            .map(Self)
    }
}

#[cold]
#[inline(never)]
fn put_in_another_page(series: ObservedId, started: Moment) -> Option<&'static Slot> {
    if ReentrancyGuard::is_active() {
        return None;
    }
    let has_ended = !ThreadExit::arm(&EXIT);
    let _guard = ReentrancyGuard::enter();
    PAGE.with(|page| {
        PAGES.exchange(page);
        let slot = page.put(series, started.to_bits());
        // Nothing retires the page of a thread that is past its end.
        if has_ended {
            PAGES.retire(page);
        }
        slot
    })
}

impl Drop for ActiveJobEntry {
    #[inline]
    fn drop(&mut self) {
        self.0.vacate();
    }
}

impl fmt::Debug for ActiveJobEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActiveJobEntry")
    }
}
