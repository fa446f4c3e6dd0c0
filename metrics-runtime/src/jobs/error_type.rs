use std::{borrow::Cow, error::Error, io};

use crate::LabelValue;

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
#[diagnostic::on_unimplemented(
    message = "errors of type `{Self}` have no class",
    label = "this type does not implement `ErrorType`",
    note = "derive `ErrorType` on the error enum, or name the class with `error_type = |e| …` on the job"
)]
pub trait ErrorType {
    /// The class. It becomes the value of the label `error_type`.
    fn error_type(&self) -> &'static str;

    /// Whether the error says that time ran out, which makes the job's status `timed_out`.
    fn is_timeout(&self) -> bool {
        false
    }
}

/// By kind: `not_found`, `permission`, `connection`, `timeout`, `already_exists`, `interrupted`,
/// `invalid_data`, `out_of_memory`, `unsupported`, `storage_full`, else `other`.
impl ErrorType for io::Error {
    fn error_type(&self) -> &'static str {
        use io::ErrorKind as Kind;
        match self.kind() {
            Kind::NotFound => "not_found",
            Kind::PermissionDenied => "permission",
            Kind::ConnectionRefused
            | Kind::ConnectionReset
            | Kind::ConnectionAborted
            | Kind::NotConnected
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown
            | Kind::BrokenPipe
            | Kind::AddrInUse
            | Kind::AddrNotAvailable => "connection",
            Kind::TimedOut => "timeout",
            Kind::AlreadyExists => "already_exists",
            Kind::Interrupted => "interrupted",
            Kind::InvalidData | Kind::InvalidInput | Kind::UnexpectedEof => "invalid_data",
            Kind::OutOfMemory => "out_of_memory",
            Kind::Unsupported => "unsupported",
            Kind::StorageFull | Kind::QuotaExceeded => "storage_full",
            _ => "other",
        }
    }

    fn is_timeout(&self) -> bool {
        self.kind() == io::ErrorKind::TimedOut
    }
}

/// By the first `std::io::Error` in the chain of sources, else `other`.
impl ErrorType for Box<dyn Error> {
    fn error_type(&self) -> &'static str {
        io_cause(self.as_ref()).map_or("other", ErrorType::error_type)
    }

    fn is_timeout(&self) -> bool {
        io_cause(self.as_ref()).is_some_and(ErrorType::is_timeout)
    }
}

/// By the first `std::io::Error` in the chain of sources, else `other`.
impl ErrorType for Box<dyn Error + Send + Sync> {
    fn error_type(&self) -> &'static str {
        io_cause(self.as_ref()).map_or("other", ErrorType::error_type)
    }

    fn is_timeout(&self) -> bool {
        io_cause(self.as_ref()).is_some_and(ErrorType::is_timeout)
    }
}

impl<E: ErrorType + ?Sized> ErrorType for &E {
    fn error_type(&self) -> &'static str {
        (**self).error_type()
    }

    fn is_timeout(&self) -> bool {
        (**self).is_timeout()
    }
}

fn io_cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut link = Some(error);
    while let Some(error) = link {
        if let Some(io) = error.downcast_ref() {
            return Some(io);
        }
        link = error.source();
    }
    None
}

/// What an `error_type = |e| …` closure can return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the class of an error",
    label = "not text and not a `LabelValue`",
    note = "return `&'static str`, `String`, `Cow<'static, str>`, or an enum with `derive(LabelValue)`"
)]
pub trait ErrorLabel {
    /// The label value.
    fn into_error_label(self) -> Cow<'static, str>;
}

impl ErrorLabel for &'static str {
    fn into_error_label(self) -> Cow<'static, str> {
        Cow::Borrowed(self)
    }
}

impl ErrorLabel for String {
    fn into_error_label(self) -> Cow<'static, str> {
        Cow::Owned(self)
    }
}

impl ErrorLabel for Cow<'static, str> {
    fn into_error_label(self) -> Cow<'static, str> {
        self
    }
}

impl<T: LabelValue> ErrorLabel for T {
    fn into_error_label(self) -> Cow<'static, str> {
        Cow::Borrowed(self.as_str())
    }
}
