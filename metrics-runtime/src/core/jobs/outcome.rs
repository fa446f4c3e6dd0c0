//! What a return value says of its job, whatever its type.
//!
//! The macro does not know the type that a function returns: `anyhow::Result<T>` and `Reply<T>` look
//! alike. It calls a method by name on `&&&&&ReturnValue(&value)`, and method resolution takes the first
//! of the implementations that applies: those for errors with a class, for other errors by what
//! they hold, for anything else. The methods have names that no trait of the user's has.

use std::{borrow::Cow, error::Error};

use super::{
    ErrorLabel, ErrorType, JobEnd,
    error_type::{ByNothing, ByReport, BySources, ByType, Chain},
    eval::eval_user_code,
};

/// A return value.
#[derive(Debug)]
pub struct ReturnValue<'a, R>(pub &'a R);

/// Tells how a job ended.
pub trait ClassifyOutcome<By> {
    /// How the job ended.
    fn __osapi_outcome(&self) -> JobEnd;
}

/// It returned no result.
#[derive(Debug)]
pub struct NoResult;

impl<T, E: ErrorType> ClassifyOutcome<ByType> for &&&&ReturnValue<'_, Result<T, E>> {
    fn __osapi_outcome(&self) -> JobEnd {
        classified(self.0)
    }
}

// Not `'static`: then an error that borrows would be taken for one that does not.
impl<T, E: Error> ClassifyOutcome<BySources> for &&&ReturnValue<'_, Result<T, E>> {
    fn __osapi_outcome(&self) -> JobEnd {
        ended(self.0, |error| class_in(&Chain(error.source())))
    }
}

impl<T, E: AsRef<dyn Error + Send + Sync>> ClassifyOutcome<ByReport> for &&ReturnValue<'_, Result<T, E>> {
    fn __osapi_outcome(&self) -> JobEnd {
        ended(self.0, |error| class_in(&Chain(Some(error.as_ref()))))
    }
}

impl<T, E> ClassifyOutcome<ByNothing> for &ReturnValue<'_, Result<T, E>> {
    fn __osapi_outcome(&self) -> JobEnd {
        ended(self.0, |_| OTHER)
    }
}

impl<R> ClassifyOutcome<NoResult> for ReturnValue<'_, R> {
    fn __osapi_outcome(&self) -> JobEnd {
        JobEnd::COMPLETED
    }
}

/// What a job returns that can fail.
#[diagnostic::on_unimplemented(
    message = "the function returns `{Self}`, which is no `Result`",
    label = "there is no error to classify",
    note = "remove `error_type` and `error_name`, or return a `Result`"
)]
pub trait Fails {
    /// How it fails.
    type Error;

    /// The error, if it failed.
    fn error(&self) -> Option<&Self::Error>;
}

impl<T, E> Fails for Result<T, E> {
    type Error = E;

    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// How a job ended whose errors a closure classifies.
pub fn classified_by<R: Fails, L: ErrorLabel>(
    returned: &R,
    class: impl FnOnce(&R::Error) -> L,
) -> JobEnd {
    ended(returned, |error| (class(error).into_error_label(), false))
}

/// How a job ended whose errors have a class.
pub(super) fn classified<T, E: ErrorType>(returned: &Result<T, E>) -> JobEnd {
    ended(returned, |error| class_of(error))
}

/// A class, and whether it says that time ran out.
type Class = (Cow<'static, str>, bool);

/// The class of errors that have none.
const OTHER: Class = (Cow::Borrowed("other"), false);

fn ended<R: Fails>(returned: &R, class: impl FnOnce(&R::Error) -> Class) -> JobEnd {
    match returned.error() {
        None => JobEnd::COMPLETED,
        Some(error) => {
            let (class, timeout) = eval_user_code(|| class(error)).unwrap_or(OTHER);
            JobEnd::failed(class, timeout)
        }
    }
}

fn class_of<E: ErrorType + ?Sized>(error: &E) -> Class {
    (error.error_type().into(), error.is_timeout())
}

/// That of the first error that has one, which is looked for once.
fn class_in(chain: &Chain<'_>) -> Class {
    chain.ask(class_of).unwrap_or(OTHER)
}

/// The output of a job that can fail.
pub trait ResultSuccess<T> {
    /// The output, unless it failed.
    fn __osapi_success(&self) -> Option<&T>;
}

/// The output of a job that cannot.
pub trait AnySuccess<T> {
    /// The output.
    fn __osapi_success(&self) -> Option<&T>;
}

impl<T, E> ResultSuccess<T> for &ReturnValue<'_, Result<T, E>> {
    fn __osapi_success(&self) -> Option<&T> {
        self.0.as_ref().ok()
    }
}

impl<T> AnySuccess<T> for ReturnValue<'_, T> {
    fn __osapi_success(&self) -> Option<&T> {
        Some(self.0)
    }
}

/// What an `output_size = |output| …` closure can return: bytes, as any unsigned integer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of bytes",
    label = "not an unsigned integer",
    note = "return `usize` or `u64`"
)]
pub trait OutputSize {
    /// Bytes.
    fn bytes(self) -> u64;
}

macro_rules! output_size {
    ($($integer:ty)*) => {$(
        impl OutputSize for $integer {
            fn bytes(self) -> u64 {
                u64::try_from(self).unwrap_or(u64::MAX)
            }
        }
    )*};
}
output_size! { u8 u16 u32 u64 usize }

/// Applies the closure; a function, so that its argument's type is known before its body is read.
pub fn output_size<T: ?Sized, S: OutputSize>(
    output: &T,
    size: impl FnOnce(&T) -> S,
) -> Option<u64> {
    eval_user_code(|| size(output).bytes())
}
