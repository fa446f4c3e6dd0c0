//! Without the feature `testing` there is one instance of each set, and no test that has others.

use crate::set_instance::{Instance, SetInstance};

/// Never.
#[inline]
pub(crate) const fn is_here() -> bool {
    false
}

/// None.
#[inline]
pub(crate) const fn instance<S>(_: &'static SetInstance<S>) -> Option<&'static Instance<S>> {
    None
}

/// Runs `code`.
pub(crate) fn outside<R>(code: impl FnOnce() -> R) -> R {
    code()
}
