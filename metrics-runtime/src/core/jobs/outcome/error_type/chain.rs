use std::{cell::Cell, error::Error};

use super::{ErrorType, lookup};
use crate::core::jobs::outcome::JobStatus;

/// An error of unknown type and its sources, outermost first.
///
/// The class of the chain is the class of the first error that has one.
#[derive(Debug)]
pub struct Chain<'a>(pub Option<&'a (dyn Error + 'static)>);

impl<'a> Chain<'a> {
    /// The answer of the first error that has a class; `None` without such an error.
    pub(in crate::core::jobs) fn ask<A>(
        &self,
        question: impl FnOnce(&'a dyn ErrorType) -> A,
    ) -> Option<A> {
        let _guard = LinkCountGuard(LINKS.get());
        let mut link = self.0;
        while let Some(error) = link {
            if LINKS.replace(LINKS.get() + 1) >= MAX_LINKS {
                return None;
            }
            if let Some(known) = lookup::find(error) {
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

    fn job_status(&self) -> JobStatus {
        self.ask(ErrorType::job_status).unwrap_or(JobStatus::Failed)
    }
}

macro_rules! errors_of_unknown_type {
    ($($error:ty),*) => {$(
        /// The class of the first error in the chain of sources that has one, otherwise `other`.
        impl ErrorType for $error {
            fn error_type(&self) -> &'static str {
                Chain(Some(self)).error_type()
            }

            fn job_status(&self) -> JobStatus {
                Chain(Some(self)).job_status()
            }
        }
    )*};
}
errors_of_unknown_type! { dyn Error, dyn Error + Send, dyn Error + Send + Sync }

/// The number of errors that are looked at before the class is `other`.
const MAX_LINKS: usize = 64;

thread_local! {
    /// The number of errors that were looked at. Errors that look at the error inside them count
    /// too: a chain can be a circle.
    static LINKS: Cell<usize> = const { Cell::new(0) };
}

/// Resets the number at the end of a search, also if an error's own code panics.
struct LinkCountGuard(usize);

impl Drop for LinkCountGuard {
    fn drop(&mut self) {
        LINKS.set(self.0);
    }
}
