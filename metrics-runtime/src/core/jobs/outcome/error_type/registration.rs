use std::{error::Error, fmt, marker::PhantomData};

use super::{ErrorType, known_errors::KnownErrors};

/// The registration of a type with a class at link time.
pub struct ErrorRegistration {
    /// Adds the type, if it can be in a chain of errors.
    pub add: fn(&mut KnownErrors),
}

inventory::collect!(ErrorRegistration);

/// A type that derives `ErrorType`.
///
/// The derive does not know whether the type implements `Error`. It calls a method by name on
/// `&ErrorCandidate`, and method lookup takes the first implementation that fits.
pub struct ErrorCandidate<E>(PhantomData<E>);

impl<E> ErrorCandidate<E> {
    /// The type.
    pub const TYPE: Self = Self(PhantomData);
}

/// Adds a type, if it can be in a chain of errors.
pub trait AddError<If> {
    /// Adds the type.
    fn __osapi_add(&self, known: &mut KnownErrors);
}

/// The type implements `Error`.
#[derive(Debug)]
pub struct StdError;

/// The type does not implement `Error`.
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

impl<E> fmt::Debug for ErrorCandidate<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorCandidate").finish_non_exhaustive()
    }
}
