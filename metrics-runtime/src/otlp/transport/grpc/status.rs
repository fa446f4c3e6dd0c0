//! Which failures of a call may be tried again, by the OTLP specification.

use std::{error::Error, time::Duration};

use prost::Message;
use tonic::{Code, Status};

use crate::otlp::answer::{Retry, TryError};

/// The failure that a status stands for.
pub(super) fn failure(status: &Status) -> TryError {
    // A status with a source is not the endpoint's: the connection failed.
    if let Some(source) = status.source() {
        return TryError::of_connection(source);
    }
    let cause = format!("{:?}: {}", status.code(), status.message());
    TryError::new(cause, if is_truncated(status) { Retry::Yes } else { retry(status) })
}

fn retry(status: &Status) -> Retry {
    let asked = retry_delay(status.details());
    let may = match status.code() {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::Unavailable
        | Code::DataLoss => true,
        Code::OutOfRange => !is_unreadable(status),
        // Without a delay the endpoint does not say that it recovers.
        Code::ResourceExhausted => asked.is_some(),
        _ => false,
    };
    match asked {
        _ if !may => Retry::Never,
        Some(delay) => Retry::After(delay),
        None => Retry::Yes,
    }
}

/// Whether the client has given up a response that is larger than its limit. The endpoint may have
/// accepted the request.
fn is_unreadable(status: &Status) -> bool {
    status.message().starts_with("Error, decoded message length too large")
}

/// Whether the stream ended within the message, as when a proxy loses the endpoint. A truncated
/// body over HTTP is a failure of the connection too.
fn is_truncated(status: &Status) -> bool {
    status.code() == Code::Internal && status.message() == "Unexpected EOF decoding stream."
}

/// The delay of a `google.rpc.RetryInfo` among the details of a status.
fn retry_delay(details: &[u8]) -> Option<Duration> {
    let status = StatusDetails::decode(details).ok()?;
    let info = status.details.iter().find(|any| any.type_url.ends_with("google.rpc.RetryInfo"))?;
    let delay = RetryInfo::decode(&*info.value).ok()?.retry_delay.unwrap_or_default();
    let seconds = u64::try_from(delay.seconds).ok()?;
    Some(Duration::new(seconds, u32::try_from(delay.nanos).ok()?.min(999_999_999)))
}

/// `google.rpc.Status`, the content of `grpc-status-details-bin`.
#[derive(Clone, PartialEq, Message)]
struct StatusDetails {
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<Delay>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, PartialEq, Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_retry_info(code: Code, seconds: i64) -> Status {
        let info = RetryInfo { retry_delay: Some(Delay { seconds, nanos: 5_000_000 }) };
        let any = Any {
            type_url: "type.googleapis.com/google.rpc.RetryInfo".to_owned(),
            value: info.encode_to_vec(),
        };
        let details = StatusDetails { details: vec![Any::default(), any] };
        Status::with_details(code, "later", details.encode_to_vec().into())
    }

    #[test]
    fn the_codes_of_the_specification_are_retried() {
        for code in (0..=16).map(Code::from) {
            let expected = match code {
                Code::Cancelled
                | Code::DeadlineExceeded
                | Code::Aborted
                | Code::OutOfRange
                | Code::Unavailable
                | Code::DataLoss => Retry::Yes,
                _ => Retry::Never,
            };
            assert_eq!(failure(&Status::new(code, "no")).retry, expected, "{code:?}");
        }
    }

    #[test]
    fn a_delay_is_kept() {
        let delay = Retry::After(Duration::from_millis(7_005));
        for (code, expected) in [
            (Code::Unavailable, delay),
            (Code::ResourceExhausted, delay),
            (Code::InvalidArgument, Retry::Never),
        ] {
            assert_eq!(failure(&with_retry_info(code, 7)).retry, expected, "{code:?}");
        }
    }

    #[test]
    fn details_that_are_none_are_ignored() {
        let garbage = |code| Status::with_details(code, "no", b"\xffgarbage".as_slice().into());
        assert_eq!(failure(&garbage(Code::Unavailable)).retry, Retry::Yes);
        assert_eq!(failure(&garbage(Code::ResourceExhausted)).retry, Retry::Never);
        assert_eq!(failure(&with_retry_info(Code::Unavailable, -1)).retry, Retry::Yes);
    }
}
