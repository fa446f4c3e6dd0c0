//! The error that a job returns may have a class, have none, or be no error at all.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::{error::Error, fmt, io};

use osapi_metrics::{ErrorType, instrumented_job};

#[derive(Debug, ErrorType)]
enum ReadError {
    #[error_type(transparent)]
    Io(io::Error),
    #[error_type(transparent)]
    Format(fmt::Error),
    #[error_type(transparent)]
    Any(Box<dyn Error + Send + Sync>),
    #[error_type(transparent)]
    Again(Box<ReadError>),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it cannot be read")
    }
}

impl Error for ReadError {}

/// Borrows, and is no error of the standard library's trait.
#[derive(ErrorType)]
enum ParseError<'a> {
    Missing(&'a str),
}

#[instrumented_job]
fn classed(error: ReadError) -> Result<(), ReadError> {
    Err(error)
}

#[instrumented_job]
fn borrowed(key: &str) -> Result<(), ParseError<'_>> {
    Err(ParseError::Missing(key))
}

#[instrumented_job]
fn without_a_class(error: fmt::Error) -> Result<(), fmt::Error> {
    Err(error)
}

#[instrumented_job]
fn no_error() -> Result<(), String> {
    Err("just text".to_owned())
}

#[instrumented_job]
fn of_any_type<E>(error: E) -> Result<(), E> {
    Err(error)
}

#[instrumented_job]
fn of_unknown_type<'a>(error: &'a (dyn Error + 'a)) -> Result<(), &'a dyn Error> {
    Err(error)
}

fn main() {
    for error in [
        ReadError::Io(io::ErrorKind::NotFound.into()),
        ReadError::Format(fmt::Error),
        ReadError::Any("just text".into()),
        ReadError::Again(Box::new(ReadError::Format(fmt::Error))),
    ] {
        assert!(of_unknown_type(&error).is_err());
        assert!(classed(error).is_err());
    }
    assert!(matches!(borrowed("key"), Err(ParseError::Missing("key"))));
    assert!(without_a_class(fmt::Error).is_err());
    assert!(no_error().is_err());
    assert!(of_any_type(()).is_err());
}
