use std::sync::Arc;

use crate::core::jobs::outcome::JobStatus;

/// An error with a class. The class is a label value: there are few classes, they are known in
/// advance, and they contain no data.
///
/// Derive it on an error enum. Each variant is a class of its own.
///
/// ```
/// use osapi_metrics::{ErrorType, JobStatus};
///
/// #[derive(ErrorType)]
/// enum ResizeError {
///     NotAnImage,
///     #[error_type(rename = "quota")]
///     QuotaExceeded { limit: u64 },
///     #[error_type(timeout)]
///     Deadline,
///     #[error_type(benign)]
///     AlreadySmall,
///     #[error_type(transparent)]
///     Io(std::io::Error),
/// }
///
/// let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
/// assert_eq!(ResizeError::NotAnImage.error_type(), "not_an_image");
/// assert_eq!(ResizeError::QuotaExceeded { limit: 5 }.error_type(), "quota");
/// assert_eq!(ResizeError::Deadline.job_status(), JobStatus::TimedOut);
/// assert_eq!(ResizeError::AlreadySmall.job_status(), JobStatus::Completed);
/// assert_eq!(ResizeError::Io(missing).error_type(), "not_found");
/// ```
///
/// # Errors of unknown type
///
/// A `Box<dyn Error>`, an `anyhow::Error`, an `eyre::Report` and any error without a class of its
/// own has the class of the first error in its chain of [`source`](std::error::Error::source)s
/// whose type is known. The class is `other` if the first 64 errors of the chain have no known
/// type. These types are known, also in a `Box` or an `Arc`:
///
/// * types that derive `ErrorType` and implement [`Error`](std::error::Error), unless they are
///   generic: they register themselves at link time;
/// * [`io::Error`](std::io::Error), by its kind, or by the error that it wraps if the kind has no
///   class;
/// * `Elapsed` of tokio, as `timeout`, with one of the features `prometheus`, `otlp-grpc` and
///   `otlp-http`.
///
/// The errors of the standard library for invalid input are known without a pointer: errors of
/// parsing, of text that is not UTF-8, of numbers that do not fit. Their class is `invalid_data`.
///
/// An implementation by hand is found where the compiler knows the type: if a function returns the
/// error, and in a `transparent` variant. An error that was attached to another error with
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

    /// The status of a job that returns the error: `failed`, unless the error says that time ran
    /// out (`timed_out`) or is no failure (`completed`, `cancelled`). A failure with the class
    /// `timeout` has timed out.
    fn job_status(&self) -> JobStatus {
        JobStatus::Failed
    }
}

macro_rules! pointers {
    ($(($pointer:ty, $($bound:tt)*))*) => {$(
        impl<E: ErrorType $($bound)*> ErrorType for $pointer {
            fn error_type(&self) -> &'static str {
                (**self).error_type()
            }

            fn job_status(&self) -> JobStatus {
                (**self).job_status()
            }
        }
    )*};
}
// `&dyn Error` has the class of its sources: an implementation for a reference to a `dyn Error`
// would need an error that borrows nothing, which `&dyn Error` in a signature is not.
pointers! {
    (&E,)
    (Box<E>, + ?Sized)
    (Arc<E>, + ?Sized)
}
