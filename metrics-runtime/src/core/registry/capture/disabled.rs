/// The instances of a set that belong to the capture on this thread: always `None` without the
/// feature `testing`.
#[inline]
#[expect(clippy::extra_unused_type_parameters, reason = "as with the feature")]
pub(crate) fn instances<S, I: 'static>(_: impl FnOnce() -> I) -> Option<&'static I> {
    None
}
