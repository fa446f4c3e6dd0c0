use std::{error::Error, io};

use super::{Chain, ErrorType};
use crate::core::jobs::outcome::JobStatus;

/// The class of the kind: `not_found`, `permission`, `connection`, `timeout`, `already_exists`,
/// `interrupted`, `invalid_data`, `out_of_memory`, `unsupported`, `storage_full`. An error of
/// another kind has the class of the error that it wraps, otherwise `other`.
impl ErrorType for io::Error {
    fn error_type(&self) -> &'static str {
        class_of(self.kind()).unwrap_or_else(|| wrapped(self).error_type())
    }

    fn job_status(&self) -> JobStatus {
        match class_of(self.kind()) {
            Some(_) if self.kind() == io::ErrorKind::TimedOut => JobStatus::TimedOut,
            Some(_) => JobStatus::Failed,
            None => wrapped(self).job_status(),
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

/// The error inside, and not the source, which is the source of the error inside.
fn wrapped(error: &io::Error) -> Chain<'_> {
    Chain(error.get_ref().map(|error| error as &(dyn Error + 'static)))
}
