//! The classes of errors of a Redis client.

use redis::{ErrorKind, RedisError};

/// The class of a command that was dropped before it ended.
pub(super) const CANCELLED: &str = "cancelled";

/// The class of a transaction that did nothing because a watched key had changed.
pub(super) const ABORTED: &str = "aborted";

/// The class of a command that was not answered in time.
pub(super) const TIMEOUT: &str = "timeout";

/// The class of any other error that the server answers with.
const SERVER: &str = "database";

/// The error codes of Redis and of its modules: the first words of its errors, as the conventions
/// want them.
const CODES: &[&str] = &[
    "ERR",
    "WRONGTYPE",
    "NOSCRIPT",
    "LOADING",
    "READONLY",
    "OOM",
    "BUSY",
    "BUSYGROUP",
    "BUSYKEY",
    "NOGROUP",
    "EXECABORT",
    "MISCONF",
    "NOAUTH",
    "WRONGPASS",
    "NOPERM",
    "NOREPLICAS",
    "MASTERDOWN",
    "MOVED",
    "ASK",
    "TRYAGAIN",
    "CLUSTERDOWN",
    "CROSSSLOT",
    "NOTBUSY",
    "UNKILLABLE",
    "UNBLOCKED",
    "NOPROTO",
    "NOSUB",
    "NOTREADY",
    "INVALIDOBJ",
    "IOERR",
    "INPROG",
    "DENIED",
    "SYNTAX",
];

/// The class of an error of [`redis`], as the label `error.type` of this module has it: one of a
/// fixed number of words.
///
/// | class | error |
/// |---|---|
/// | `WRONGTYPE`, `NOSCRIPT`, `READONLY`, `LOADING`, `OOM`, `ERR`, … | the server's answer, by the first word of the error |
/// | `database` | an answer of the server whose first word is not known |
/// | `timeout` | no answer, or no connection, within the time that the client allows |
/// | `connection_refused` | nobody listens |
/// | `connection_dropped` | the connection was closed |
/// | `io` | any other failure of the connection |
/// | `protocol` | what answers does not speak the protocol of Redis, or not the version that was asked for; for a caller also an answer that is no value of the caller's type, since the client has one error for both |
/// | `authentication_failed` | the server refused name or password |
/// | `decode` | the answer has not the form that the client expects of the command |
/// | `cluster`, `sentinel` | the client found no node or no server |
/// | `client` | the client refused the command or its own configuration |
/// | `other` | any other error of the client |
///
/// ```
/// use osapi_metrics::instrumentation::redis::error_type;
/// use redis::{ErrorKind, RedisError};
///
/// let error = RedisError::from((ErrorKind::Parse, "not an answer"));
/// assert_eq!(error_type(&error), "protocol");
/// ```
pub fn error_type(error: &RedisError) -> &'static str {
    match error.kind() {
        ErrorKind::Server(_) | ErrorKind::Extension => error.code().map_or(SERVER, of_code),
        _ if error.is_timeout() => TIMEOUT,
        _ if error.is_connection_refusal() => "connection_refused",
        _ if error.is_connection_dropped() => "connection_dropped",
        ErrorKind::Io => "io",
        ErrorKind::Parse | ErrorKind::RESP3NotSupported => "protocol",
        ErrorKind::AuthenticationFailed => "authentication_failed",
        ErrorKind::UnexpectedReturnType => "decode",
        ErrorKind::ClusterConnectionNotFound => "cluster",
        ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::NoValidReplicasFoundBySentinel
        | ErrorKind::EmptySentinelList => "sentinel",
        ErrorKind::Client | ErrorKind::InvalidClientConfig => "client",
        _ => "other",
    }
}

/// The class of an error that the server answers with.
pub(super) fn of_code(code: &str) -> &'static str {
    CODES.iter().find(|known| **known == code).copied().unwrap_or(SERVER)
}

/// Whether an error shows that there is no connection. A time-out does not show it.
pub(super) fn is_disconnection(error: &RedisError) -> bool {
    error.is_unrecoverable_error() || (error.is_io_error() && !error.is_timeout())
}

#[cfg(test)]
mod tests {
    use std::io;

    use redis::{ErrorKind, RedisError, ServerErrorKind, make_extension_error};

    use super::{error_type, is_disconnection};

    #[test]
    fn errors_have_classes() {
        let io = |kind: io::ErrorKind| RedisError::from(io::Error::from(kind));
        let kind = |kind: ErrorKind| RedisError::from((kind, "a test"));
        let code = |code: &str| make_extension_error(code.to_owned(), None);
        for (error, class, disconnects) in [
            (kind(ErrorKind::Server(ServerErrorKind::NoScript)), "NOSCRIPT", false),
            (kind(ErrorKind::Server(ServerErrorKind::BusyLoading)), "LOADING", false),
            (kind(ErrorKind::Server(ServerErrorKind::ResponseError)), "ERR", false),
            (code("WRONGTYPE"), "WRONGTYPE", false),
            (code("WRONGTYPES"), "database", false),
            (code(""), "database", false),
            (kind(ErrorKind::Extension), "database", false),
            (io(io::ErrorKind::TimedOut), "timeout", false),
            (io(io::ErrorKind::ConnectionRefused), "connection_refused", true),
            (io(io::ErrorKind::BrokenPipe), "connection_dropped", true),
            (io(io::ErrorKind::UnexpectedEof), "connection_dropped", true),
            (io(io::ErrorKind::HostUnreachable), "io", true),
            (kind(ErrorKind::Io), "connection_dropped", true),
            (kind(ErrorKind::Parse), "protocol", true),
            (kind(ErrorKind::RESP3NotSupported), "protocol", false),
            (kind(ErrorKind::AuthenticationFailed), "authentication_failed", true),
            (kind(ErrorKind::UnexpectedReturnType), "decode", false),
            (kind(ErrorKind::ClusterConnectionNotFound), "cluster", true),
            (kind(ErrorKind::EmptySentinelList), "sentinel", false),
            (kind(ErrorKind::Client), "client", false),
        ] {
            assert_eq!(error_type(&error), class, "{error}");
            assert_eq!(is_disconnection(&error), disconnects, "{error}");
        }
    }
}
