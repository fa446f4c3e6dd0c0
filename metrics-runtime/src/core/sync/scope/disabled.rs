use std::time::Instant;

/// Whether this thread captures: always `false` without the feature `testing`.
#[inline]
pub(crate) const fn is_active() -> bool {
    false
}

/// The time on the clock of a test: there is none without the feature `testing`.
#[inline]
pub(crate) const fn instant() -> Option<Instant> {
    None
}

/// Runs `code`. Without the feature `testing` no thread captures.
pub(crate) fn suspended<R>(code: impl FnOnce() -> R) -> R {
    code()
}
