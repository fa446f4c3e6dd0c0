use std::{fmt, ops::Deref};

/// A value behind a pointer whose type says that the value is `Send` and `Sync`.
///
/// The compiler proves the two traits of every type that a handler holds, again and again in each
/// crate with handlers, down to the last field. The proof ends at this type.
pub(crate) struct Opaque<T>(Box<dyn Hold<T> + Send + Sync>);

impl<T: Send + Sync + 'static> Opaque<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Box::new(value))
    }
}

impl<T> Deref for Opaque<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        (*self.0).held()
    }
}

impl<T: fmt::Debug> fmt::Debug for Opaque<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

trait Hold<T> {
    fn held(&self) -> &T;
}

impl<T> Hold<T> for T {
    fn held(&self) -> &T {
        self
    }
}
