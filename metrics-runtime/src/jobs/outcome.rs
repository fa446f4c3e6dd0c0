//! What a return value says of its job, whatever its type.
//!
//! The macro does not know the type that a function returns: `anyhow::Result<T>` and `Reply<T>` look
//! alike. It calls a method by name on `&&&Returned(&value)`, and method resolution takes the first
//! of these traits that applies: errors with a class, other errors, anything else. The methods have
//! names that no trait of the user's has.

use std::borrow::Cow;

use super::{ErrorLabel, ErrorType, JobEnd, start::contained};

/// The class of errors that have none.
const OTHER: Cow<'static, str> = Cow::Borrowed("other");

/// A return value.
#[derive(Debug)]
pub struct Returned<'a, R>(pub &'a R);

/// `Err` has a class of its own.
pub trait ClassifiedError {
    /// How the job ended.
    fn __osapi_outcome(&self) -> JobEnd;
}

/// `Err` has none.
pub trait UnclassifiedError {
    /// How the job ended.
    fn __osapi_outcome(&self) -> JobEnd;
}

/// No result: it completed.
pub trait AnyReturn {
    /// How the job ended.
    fn __osapi_outcome(&self) -> JobEnd;
}

impl<T, E: ErrorType> ClassifiedError for &&Returned<'_, Result<T, E>> {
    fn __osapi_outcome(&self) -> JobEnd {
        match self.0 {
            Ok(_) => JobEnd::COMPLETED,
            Err(error) => {
                let class = || (error.error_type().into(), error.is_timeout());
                let (class, timeout) = contained(class).unwrap_or((OTHER, false));
                JobEnd::failed(class, timeout)
            }
        }
    }
}

impl<T, E> UnclassifiedError for &Returned<'_, Result<T, E>> {
    fn __osapi_outcome(&self) -> JobEnd {
        match self.0 {
            Ok(_) => JobEnd::COMPLETED,
            Err(_) => JobEnd::failed(OTHER, false),
        }
    }
}

impl<R> AnyReturn for Returned<'_, R> {
    fn __osapi_outcome(&self) -> JobEnd {
        JobEnd::COMPLETED
    }
}

/// How a job ended whose errors a closure classifies. A class named `timeout` makes it `timed_out`.
pub fn classified_by<T, E, L: ErrorLabel>(
    returned: &Result<T, E>,
    class: impl FnOnce(&E) -> L,
) -> JobEnd {
    match returned {
        Ok(_) => JobEnd::COMPLETED,
        Err(error) => {
            let class = contained(|| class(error).into_error_label()).unwrap_or(OTHER);
            let timeout = class == "timeout";
            JobEnd::failed(class, timeout)
        }
    }
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

impl<T, E> ResultSuccess<T> for &Returned<'_, Result<T, E>> {
    fn __osapi_success(&self) -> Option<&T> {
        self.0.as_ref().ok()
    }
}

impl<T> AnySuccess<T> for Returned<'_, T> {
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
    contained(|| size(output).bytes())
}
