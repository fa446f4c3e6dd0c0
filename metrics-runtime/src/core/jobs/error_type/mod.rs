//! The classes of errors.

mod chain;
#[cfg(any(feature = "prometheus", feature = "_otlp"))]
mod elapsed;
mod inside;
mod known;
mod label;
mod standard;

use std::{error::Error, sync::Arc};

pub use inside::{InnerError, InnerErrorClass};
pub use known::{AddError, ErrorCandidate, ErrorRegistration};
pub use label::ErrorLabel;

pub(super) use chain::Chain;
pub(super) use inside::{ByNothing, ByReport, BySources, ByType};
use known::KnownErrors;

/// The class of an error, as a label value: few, known in advance, without data.
///
/// Derive it on an error enum: each variant is a class of its own.
///
/// ```
/// use osapi_metrics::ErrorType;
///
/// #[derive(ErrorType)]
/// enum ResizeError {
///     NotAnImage,
///     #[error_type(rename = "quota")]
///     QuotaExceeded { limit: u64 },
///     #[error_type(timeout)]
///     Deadline,
///     #[error_type(transparent)]
///     Io(std::io::Error),
/// }
///
/// let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
/// assert_eq!(ResizeError::NotAnImage.error_type(), "not_an_image");
/// assert_eq!(ResizeError::QuotaExceeded { limit: 5 }.error_type(), "quota");
/// assert!(ResizeError::Deadline.is_timeout());
/// assert_eq!(ResizeError::Io(missing).error_type(), "not_found");
/// ```
///
/// # Errors of unknown type
///
/// A `Box<dyn Error>`, an `anyhow::Error`, an `eyre::Report` and any error without a class of its own
/// has the class of the first error in its chain of [`source`](Error::source)s whose type is known,
/// and `other` if there is none among the first 64. Known, in a `Box` or an `Arc` too, are:
///
/// * types that derive `ErrorType` and implement [`Error`], unless they are generic: they register
///   themselves at link time;
/// * [`io::Error`](std::io::Error), by its kind, or by the error that it wraps if its kind says
///   nothing;
/// * `Elapsed` of tokio, as `timeout`, with one of the features `prometheus`, `otlp-grpc` and
///   `otlp-http`.
///
/// Known without a pointer are the errors of the standard library that say what was wrong with the
/// input, as those of parsing, of text that is not UTF-8 and of numbers that do not fit:
/// `invalid_data`.
///
/// A class that is implemented by hand is found where the compiler knows the type: if a function
/// returns the error, and in a `transparent` variant. An error that was attached to another one with
/// `context` or `wrap_err` is not in the chain.
///
/// ```
/// use std::{error::Error, fmt, io};
///
/// use osapi_metrics::ErrorType;
///
/// #[derive(Debug, ErrorType)]
/// enum ResizeError {
///     QuotaExceeded,
/// }
///
/// impl fmt::Display for ResizeError {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("the images are too many")
///     }
/// }
///
/// impl Error for ResizeError {}
///
/// let boxed: Box<dyn Error> = Box::new(io::Error::other(ResizeError::QuotaExceeded));
/// assert_eq!(boxed.error_type(), "quota_exceeded");
/// assert_eq!(Box::<dyn Error>::from("just text").error_type(), "other");
/// ```
#[diagnostic::on_unimplemented(
    message = "errors of type `{Self}` have no class",
    label = "this type does not implement `ErrorType`",
    note = "derive `ErrorType` on the error enum, or name the class with `error_type = |e| …` on the job"
)]
pub trait ErrorType {
    /// The class. It becomes the value of the label `error_type`.
    fn error_type(&self) -> &'static str;

    /// Whether the error says that time ran out, which makes the job's status `timed_out`. The class
    /// `timeout` says so by itself.
    fn is_timeout(&self) -> bool {
        false
    }
}

macro_rules! of_what_it_points_to {
    ($(($pointer:ty, $($bound:tt)*))*) => {$(
        impl<E: ErrorType $($bound)*> ErrorType for $pointer {
            fn error_type(&self) -> &'static str {
                (**self).error_type()
            }

            fn is_timeout(&self) -> bool {
                (**self).is_timeout()
            }
        }
    )*};
}
// A reference to a `dyn Error` would have to be to one that borrows nothing, and `&dyn Error` in a
// signature is not: it is classed by its sources.
of_what_it_points_to! {
    (&E,)
    (Box<E>, + ?Sized)
    (Arc<E>, + ?Sized)
}

macro_rules! of_the_chain {
    ($($error:ty),*) => {$(
        /// That of the first error in the chain of sources that has a class, else `other`.
        impl ErrorType for $error {
            fn error_type(&self) -> &'static str {
                Chain(Some(self)).error_type()
            }

            fn is_timeout(&self) -> bool {
                Chain(Some(self)).is_timeout()
            }
        }
    )*};
}
of_the_chain! { dyn Error, dyn Error + Send, dyn Error + Send + Sync }
