use std::{cell::Cell, error::Error};

use super::{ErrorType, known};

/// An error of unknown type and its sources, outermost first.
///
/// Its class is that of the first one that has a class.
#[derive(Debug)]
pub struct Chain<'a>(pub Option<&'a (dyn Error + 'static)>);

impl<'a> Chain<'a> {
    /// What the first error that has a class says, if there is one.
    pub(in crate::core::jobs) fn ask<A>(
        &self,
        question: impl FnOnce(&'a dyn ErrorType) -> A,
    ) -> Option<A> {
        let _restored = LinkCountGuard(LINKS.get());
        let mut link = self.0;
        while let Some(error) = link {
            if LINKS.replace(LINKS.get() + 1) >= MAX_LINKS {
                return None;
            }
            if let Some(known) = known::find(error) {
                return Some(question(known));
            }
            link = error.source();
        }
        None
    }
}

impl ErrorType for Chain<'_> {
    fn error_type(&self) -> &'static str {
        self.ask(ErrorType::error_type).unwrap_or("other")
    }

    fn is_timeout(&self) -> bool {
        self.ask(ErrorType::is_timeout).unwrap_or(false)
    }
}

/// How many errors are looked at before the class is `other`.
const MAX_LINKS: usize = 64;

thread_local! {
    /// How many were looked at, also by those that are asked on the way and look at what is inside
    /// them: a chain can be a circle.
    static LINKS: Cell<usize> = const { Cell::new(0) };
}

/// Sets the number back when the walk is over, whether it is left by a return or by a panic in an
/// error's own code.
struct LinkCountGuard(usize);

impl Drop for LinkCountGuard {
    fn drop(&mut self) {
        LINKS.set(self.0);
    }
}
