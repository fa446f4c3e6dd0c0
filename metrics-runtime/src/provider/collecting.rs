use std::cell::Cell;

thread_local! {
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// As long as this lives, a collection runs callbacks on this thread. Another collection would wait
/// for a lock that this thread holds, for ever.
pub(super) struct Collecting {
    outer: bool,
}

impl Collecting {
    pub(super) fn here() -> Self {
        Self { outer: COLLECTING.replace(true) }
    }

    #[cfg(feature = "prometheus")]
    pub(super) fn is_here() -> bool {
        COLLECTING.get()
    }
}

impl Drop for Collecting {
    fn drop(&mut self) {
        COLLECTING.set(self.outer);
    }
}
