use std::{
    error::Error,
    fmt,
    marker::PhantomData,
    sync::{Arc, LazyLock},
};

use super::{ErrorType, standard};

/// A type with a class, as it registers itself at link time.
pub struct ErrorRegistration {
    /// Adds the type, if it can be in a chain of errors.
    pub add: fn(&mut KnownErrors),
}

inventory::collect!(ErrorRegistration);

/// The types whose class is found in a chain of errors.
#[derive(Default)]
pub struct KnownErrors(Vec<Known>);

/// A type, and its size: two numbers are compared faster than two types.
struct Known {
    size: usize,
    find: for<'a> fn(&'a (dyn Error + 'static)) -> Option<&'a dyn ErrorType>,
}

impl KnownErrors {
    pub(super) fn add<E: ErrorType + Error + 'static>(&mut self) {
        self.0.push(Known {
            size: size_of::<E>(),
            find: |error| error.downcast_ref::<E>().map(|error| error as &dyn ErrorType),
        });
    }

    /// The type, and the boxes that it is passed on in.
    pub(super) fn add_with_pointers<E: ErrorType + Error + 'static>(&mut self) {
        self.add::<E>();
        self.add::<Box<E>>();
        self.add::<Arc<E>>();
    }

    fn linked() -> Self {
        let mut known = Self::default();
        standard::add(&mut known);
        for registration in inventory::iter::<ErrorRegistration>() {
            (registration.add)(&mut known);
        }
        known.0.sort_by_key(|known| known.size);
        known
    }

    fn find<'a>(&self, error: &'a (dyn Error + 'static)) -> Option<&'a dyn ErrorType> {
        let size = size_of_val(error);
        let from = self.0.partition_point(|known| known.size < size);
        self.0[from..]
            .iter()
            .take_while(|known| known.size == size)
            .find_map(|known| (known.find)(error))
    }
}

/// The error as one that has a class, if its type is known.
pub(super) fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn ErrorType> {
    static KNOWN: LazyLock<KnownErrors> = LazyLock::new(KnownErrors::linked);
    KNOWN.find(error)
}

/// A type that derives `ErrorType`.
///
/// The derive does not know whether the type implements `Error`. It calls a method by name on
/// `&ErrorCandidate`, and method resolution takes the first of the implementations that applies.
pub struct ErrorCandidate<E>(PhantomData<E>);

impl<E> ErrorCandidate<E> {
    /// The type.
    pub const TYPE: Self = Self(PhantomData);
}

/// Adds a type, if it can be in a chain of errors.
pub trait AddError<If> {
    /// Adds it.
    fn __osapi_add(&self, known: &mut KnownErrors);
}

/// It is an error.
#[derive(Debug)]
pub struct StdError;

/// It is none.
#[derive(Debug)]
pub struct NotError;

impl<E: ErrorType + Error + 'static> AddError<StdError> for &ErrorCandidate<E> {
    fn __osapi_add(&self, known: &mut KnownErrors) {
        known.add_with_pointers::<E>();
    }
}

impl<E> AddError<NotError> for ErrorCandidate<E> {
    fn __osapi_add(&self, _: &mut KnownErrors) {}
}

impl fmt::Debug for ErrorRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorRegistration").finish_non_exhaustive()
    }
}

impl fmt::Debug for KnownErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownErrors").finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for ErrorCandidate<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorCandidate").finish_non_exhaustive()
    }
}
