//! The class of an error inside another one, whatever its type.

use std::error::Error;

use super::{Chain, ErrorType};

/// The error in a `transparent` variant.
///
/// The derive does not know its type. It calls a method by name on `&&&&InnerError(&error)`, and
/// method resolution takes the first of the implementations that applies.
#[derive(Debug)]
pub struct InnerError<'a, E>(pub &'a E);

/// Finds what to ask for the class.
pub trait InnerErrorClass<By> {
    /// What to ask.
    type Asked;

    /// What to ask. It implements `ErrorType`, unless there is nothing to ask.
    fn __osapi_inner_class(&self) -> Self::Asked;
}

/// It has a class of its own.
#[derive(Debug)]
pub struct ByType;

/// It is an error, whose sources may have one.
#[derive(Debug)]
pub struct BySources;

/// It holds an error of unknown type, as `anyhow::Error` and `eyre::Report` do.
#[derive(Debug)]
pub struct ByReport;

/// It has none.
#[derive(Debug)]
pub struct ByNothing;

impl<'a, E: ErrorType> InnerErrorClass<ByType> for &&&InnerError<'a, E> {
    type Asked = &'a E;

    fn __osapi_inner_class(&self) -> &'a E {
        self.0
    }
}

// Not `'static`: then an error that borrows would be taken for one that does not.
impl<'a, E: Error> InnerErrorClass<BySources> for &&InnerError<'a, E> {
    type Asked = Chain<'a>;

    fn __osapi_inner_class(&self) -> Chain<'a> {
        Chain(self.0.source())
    }
}

impl<'a, E: AsRef<dyn Error + Send + Sync>> InnerErrorClass<ByReport> for &InnerError<'a, E> {
    type Asked = Chain<'a>;

    fn __osapi_inner_class(&self) -> Chain<'a> {
        Chain(Some(self.0.as_ref()))
    }
}

// The compiler then says what the type lacks.
impl<'a, E> InnerErrorClass<ByNothing> for InnerError<'a, E> {
    type Asked = &'a E;

    fn __osapi_inner_class(&self) -> &'a E {
        self.0
    }
}
