use std::{cell::Cell, thread::LocalKey};

thread_local! {
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
    static SCRAPING: Cell<bool> = const { Cell::new(false) };
}

/// What goes on on this thread as long as this lives.
#[must_use]
pub(crate) struct GoingOn {
    what: &'static LocalKey<Cell<bool>>,
    outer: bool,
}

/// A collection, which runs callbacks. Another one would wait for a lock that this thread holds, for
/// ever.
pub(super) fn collecting() -> GoingOn {
    GoingOn::here(&COLLECTING)
}

#[cfg(feature = "prometheus")]
pub(super) fn is_collecting() -> bool {
    COLLECTING.get()
}

/// The SDK collects for a scrape, which reads most of our instruments without it.
#[cfg(feature = "prometheus")]
pub(super) fn scraping() -> GoingOn {
    GoingOn::here(&SCRAPING)
}

pub(super) fn is_scraping() -> bool {
    SCRAPING.get()
}

impl GoingOn {
    fn here(what: &'static LocalKey<Cell<bool>>) -> Self {
        Self { what, outer: what.replace(true) }
    }
}

impl Drop for GoingOn {
    fn drop(&mut self) {
        self.what.set(self.outer);
    }
}
