/// Whether this thread captures: always `false` without the feature `testing`.
#[inline]
pub(crate) const fn is_active() -> bool {
    false
}

/// Runs `code`. Without the feature `testing` no thread captures.
pub(crate) fn suspended<R>(code: impl FnOnce() -> R) -> R {
    code()
}
