//! Errors of the standard library.

use std::{
    array::TryFromSliceError,
    char::{CharTryFromError, DecodeUtf16Error, ParseCharError},
    collections::TryReserveError,
    env::VarError,
    error::Error,
    ffi::{FromBytesUntilNulError, FromBytesWithNulError, IntoStringError, NulError},
    io,
    net::AddrParseError,
    num::{ParseFloatError, ParseIntError, TryFromIntError},
    str::{ParseBoolError, Utf8Error},
    string::{FromUtf8Error, FromUtf16Error},
    sync::{Arc, mpsc::RecvTimeoutError},
    time::TryFromFloatSecsError,
};

use super::{Chain, ErrorType, KnownErrors};

pub(super) fn add(known: &mut KnownErrors) {
    known.add_with_pointers::<io::Error>();
    known.add::<Arc<dyn Error + Send + Sync>>();
    known.add::<VarError>();
    known.add::<TryReserveError>();
    known.add::<RecvTimeoutError>();
    add_invalid(known);
}

/// By kind: `not_found`, `permission`, `connection`, `timeout`, `already_exists`, `interrupted`,
/// `invalid_data`, `out_of_memory`, `unsupported`, `storage_full`. Of another kind, by the error that
/// it wraps, else `other`.
impl ErrorType for io::Error {
    fn error_type(&self) -> &'static str {
        class_of(self.kind()).unwrap_or_else(|| wrapped(self).error_type())
    }

    fn is_timeout(&self) -> bool {
        match class_of(self.kind()) {
            Some(_) => self.kind() == io::ErrorKind::TimedOut,
            None => wrapped(self).is_timeout(),
        }
    }
}

fn class_of(kind: io::ErrorKind) -> Option<&'static str> {
    use io::ErrorKind as Kind;
    let class = match kind {
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
        _ => return None,
    };
    Some(class)
}

/// Not its source, which is that of the error inside.
fn wrapped(error: &io::Error) -> Chain<'_> {
    Chain(error.get_ref().map(|error| error as &(dyn Error + 'static)))
}

macro_rules! invalid_data {
    ($($error:ty),*) => {
        $(
            /// `invalid_data`.
            impl ErrorType for $error {
                fn error_type(&self) -> &'static str {
                    "invalid_data"
                }
            }
        )*

        fn add_invalid(known: &mut KnownErrors) {
            $(known.add::<$error>();)*
        }
    };
}
invalid_data! {
    AddrParseError, CharTryFromError, DecodeUtf16Error, FromBytesUntilNulError,
    FromBytesWithNulError, FromUtf16Error, FromUtf8Error, IntoStringError, NulError, ParseBoolError,
    ParseCharError, ParseFloatError, ParseIntError, TryFromFloatSecsError, TryFromIntError,
    TryFromSliceError, Utf8Error
}

/// `not_found` or, of a variable that is not text, `invalid_data`.
impl ErrorType for VarError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::NotPresent => "not_found",
            Self::NotUnicode(_) => "invalid_data",
        }
    }
}

/// `out_of_memory`.
impl ErrorType for TryReserveError {
    fn error_type(&self) -> &'static str {
        "out_of_memory"
    }
}

/// `timeout` or, of a channel without senders, `other`.
impl ErrorType for RecvTimeoutError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Disconnected => "other",
        }
    }

    fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout)
    }
}
