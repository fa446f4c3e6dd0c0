//! The class of an error inside another error, whatever its type.

use std::error::Error;

use super::{Chain, ErrorType};

/// The error in a `transparent` variant.
///
/// The derive does not know the type of the error. It calls a method by name on
/// `&&&&InnerError(&error)`, and method lookup takes the first implementation that fits.
#[derive(Debug)]
pub struct InnerError<'a, E>(pub &'a E);

/// Finds the class of an inner error.
pub trait InnerErrorClass<By> {
    /// The value that has the class.
    type Source;

    /// The value that has the class. It implements `ErrorType`, unless the error has no class.
    fn __osapi_inner_class(&self) -> Self::Source;
}

/// The error has a class of its own.
#[derive(Debug)]
pub struct ByType;

/// The error implements `Error`, and its sources may have a class.
#[derive(Debug)]
pub struct BySources;

/// The error holds an error of unknown type, as `anyhow::Error` and `eyre::Report` do.
#[derive(Debug)]
pub struct ByReport;

/// The error has no class.
#[derive(Debug)]
pub struct ByNothing;

impl<'a, E: ErrorType> InnerErrorClass<ByType> for &&&InnerError<'a, E> {
    type Source = &'a E;

    fn __osapi_inner_class(&self) -> &'a E {
        self.0
    }
}

// Not `'static`: an error that borrows would be taken for an error that does not.
impl<'a, E: Error> InnerErrorClass<BySources> for &&InnerError<'a, E> {
    type Source = Chain<'a>;

    fn __osapi_inner_class(&self) -> Chain<'a> {
        Chain(self.0.source())
    }
}

impl<'a, E: AsRef<dyn Error + Send + Sync>> InnerErrorClass<ByReport> for &InnerError<'a, E> {
    type Source = Chain<'a>;

    fn __osapi_inner_class(&self) -> Chain<'a> {
        Chain(Some(self.0.as_ref()))
    }
}

// The type does not implement `ErrorType`, and the compiler reports it.
impl<'a, E> InnerErrorClass<ByNothing> for InnerError<'a, E> {
    type Source = &'a E;

    fn __osapi_inner_class(&self) -> &'a E {
        self.0
    }
}
