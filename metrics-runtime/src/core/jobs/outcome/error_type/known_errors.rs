use std::{error::Error, fmt, sync::Arc};

use super::ErrorType;

/// The types whose class is found in a chain of errors, ordered by their sizes.
#[derive(Default)]
pub struct KnownErrors(Vec<KnownError>);

/// A type and its size. A comparison of sizes is faster than a comparison of types.
struct KnownError {
    size: usize,
    find: for<'a> fn(&'a (dyn Error + 'static)) -> Option<&'a dyn ErrorType>,
}

impl KnownErrors {
    pub(super) fn add<E: ErrorType + Error + 'static>(&mut self) {
        self.0.push(KnownError {
            size: size_of::<E>(),
            find: |error| error.downcast_ref::<E>().map(|error| error as &dyn ErrorType),
        });
    }

    /// Adds a type, and the pointers that errors are passed on in.
    pub(super) fn add_with_pointers<E: ErrorType + Error + 'static>(&mut self) {
        self.add::<E>();
        self.add::<Box<E>>();
        self.add::<Arc<E>>();
    }

    /// Orders the types for [`find`](Self::find).
    pub(super) fn sort(&mut self) {
        self.0.sort_by_key(|known| known.size);
    }

    /// The error as an error with a class, if its type is known.
    pub(super) fn find<'a>(&self, error: &'a (dyn Error + 'static)) -> Option<&'a dyn ErrorType> {
        let size = size_of_val(error);
        let from = self.0.partition_point(|known| known.size < size);
        self.0[from..]
            .iter()
            .take_while(|known| known.size == size)
            .find_map(|known| (known.find)(error))
    }
}

impl fmt::Debug for KnownErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownErrors").finish_non_exhaustive()
    }
}
