//! Errors of the standard library whose class does not depend on another error.

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

use super::{ErrorType, known_errors::KnownErrors};
use crate::core::jobs::outcome::JobStatus;

pub(super) fn add(known: &mut KnownErrors) {
    known.add_with_pointers::<io::Error>();
    known.add::<Arc<dyn Error + Send + Sync>>();
    known.add::<VarError>();
    known.add::<TryReserveError>();
    known.add::<RecvTimeoutError>();
    add_invalid(known);
}

macro_rules! invalid_data {
    ($($error:ty),*) => {
        $(
            /// The class is `invalid_data`.
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

/// The class is `not_found`, or `invalid_data` for a variable that is not text.
impl ErrorType for VarError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::NotPresent => "not_found",
            Self::NotUnicode(_) => "invalid_data",
        }
    }
}

/// The class is `out_of_memory`.
impl ErrorType for TryReserveError {
    fn error_type(&self) -> &'static str {
        "out_of_memory"
    }
}

/// The class is `timeout`, or `other` for a channel without senders.
impl ErrorType for RecvTimeoutError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Disconnected => "other",
        }
    }

    fn job_status(&self) -> JobStatus {
        match self {
            Self::Timeout => JobStatus::TimedOut,
            Self::Disconnected => JobStatus::Failed,
        }
    }
}
