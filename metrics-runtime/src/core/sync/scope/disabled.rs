/// Whether this thread captures: never.
#[inline]
pub(crate) const fn is_active() -> bool {
    false
}

/// Runs `code`, which nothing captures.
pub(crate) fn suspended<R>(code: impl FnOnce() -> R) -> R {
    code()
}
