//! Why NATS cannot be used, by who can mend it.

use std::error::Error;

use async_nats::jetstream::{
    self, ErrorCode,
    context::{CreateStreamError, CreateStreamErrorKind},
    stream::{ConsumerError, ConsumerErrorKind},
};

use super::room::no_room;
use crate::broker::error::BrokerError;

/// The answers of a server whose configuration, or that of its streams, leaves no place for osapi.
const MISCONFIGURED: [ErrorCode; 20] = [
    ErrorCode::JETSTREAM_NOT_ENABLED,
    ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT,
    ErrorCode::NO_LIMITS,
    ErrorCode::MAXIMUM_STREAMS_LIMIT,
    ErrorCode::MAXIMUM_CONSUMERS_LIMIT,
    ErrorCode::STREAM_INVALID,
    ErrorCode::STREAM_INVALID_CONFIG,
    ErrorCode::STREAM_LIMITS,
    ErrorCode::STREAM_MAX_BYTES_REQUIRED,
    ErrorCode::STREAM_MAX_STREAM_BYTES_EXCEEDED,
    ErrorCode::STREAM_NAME_EXIST,
    ErrorCode::STREAM_REPLICAS_NOT_SUPPORTED,
    ErrorCode::STREAM_SEALED,
    ErrorCode::STREAM_SUBJECT_OVERLAP,
    ErrorCode::CONSUMER_ALREADY_EXISTS,
    ErrorCode::CONSUMER_MAX_PENDING_ACK_EXCESS,
    ErrorCode::CONSUMER_NAME_EXIST,
    ErrorCode::CONSUMER_WQ_CONSUMER_NOT_UNIQUE,
    ErrorCode::CONSUMER_WQ_MULTIPLE_UNFILTERED,
    ErrorCode::CONSUMER_WQ_REQUIRES_EXPLICIT_ACK,
];

/// Why NATS cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    kind: ProblemKind,
    reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProblemKind {
    /// The connection, or the streams, are being made.
    Beginning,
    Away,
    Misconfigured,
    Refuses,
    Full,
}

impl Problem {
    pub(super) fn beginning(reason: &str) -> Self {
        Self::new(ProblemKind::Beginning, reason)
    }

    pub(super) fn misconfigured(reason: impl Into<String>) -> Self {
        Self::new(ProblemKind::Misconfigured, reason)
    }

    pub(super) fn refuses(reason: impl Into<String>) -> Self {
        Self::new(ProblemKind::Refuses, reason)
    }

    pub(super) fn without_jetstream() -> Self {
        Self::misconfigured("JetStream is switched off; start nats-server with `-js`")
    }

    /// The reason why there is no connection, as the client or the server words it. The client does
    /// not report the kind of an error of the server.
    pub(super) fn of_connection(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let words = reason.to_lowercase();
        let refuses = words.contains("authorization") || words.contains("authentication");
        Self::new(if refuses { ProblemKind::Refuses } else { ProblemKind::Away }, reason)
    }

    /// The problem that an error of the client shows, with the text of the whole error.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Self {
        let is_off = error
            .downcast_ref::<CreateStreamError>()
            .is_some_and(|error| error.kind() == CreateStreamErrorKind::JetStreamUnavailable);
        if is_off {
            return Self::without_jetstream();
        }
        let kind = if no_room(error).is_some() {
            ProblemKind::Full
        } else if answer(error).is_some_and(|answer| MISCONFIGURED.contains(&answer.error_code())) {
            ProblemKind::Misconfigured
        } else {
            ProblemKind::Away
        };
        Self::new(kind, error.to_string())
    }

    /// The error of a call that has this problem.
    pub(super) fn into_error(self, servers: &str) -> BrokerError {
        let reason = format!("NATS at {servers}: {}", self.reason);
        match self.kind {
            ProblemKind::Beginning | ProblemKind::Away => BrokerError::Away { reason },
            ProblemKind::Misconfigured => BrokerError::Misconfigured { reason },
            ProblemKind::Refuses => BrokerError::Refuses { reason },
            ProblemKind::Full => BrokerError::StoreFull { reason },
        }
    }

    pub(super) fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether this is the beginning, which is nothing to complain about.
    pub(super) fn is_beginning(&self) -> bool {
        self.kind == ProblemKind::Beginning
    }

    /// The line of the log.
    pub(super) fn summary(&self) -> &'static str {
        match self.kind {
            ProblemKind::Beginning | ProblemKind::Away => "NATS is away; trying again",
            ProblemKind::Misconfigured => "NATS is misconfigured; trying again",
            ProblemKind::Refuses => "NATS refuses what osapi needs; trying again",
            ProblemKind::Full => "the store of NATS is full or cannot be written; trying again",
        }
    }

    fn new(kind: ProblemKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into() }
    }
}

impl<E: Error + 'static> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::of(&error)
    }
}

/// The answer of the server, if the error or one of its causes is one.
pub(super) fn answer(error: &(dyn Error + 'static)) -> Option<jetstream::Error> {
    if let Some(answer) = error.downcast_ref::<jetstream::Error>() {
        return Some(answer.clone());
    }
    // These have the answer in their kind, and not as their cause.
    if let Some(error) = error.downcast_ref::<CreateStreamError>()
        && let CreateStreamErrorKind::JetStream(answer) = error.kind()
    {
        return Some(answer);
    }
    if let Some(error) = error.downcast_ref::<ConsumerError>()
        && let ConsumerErrorKind::JetStream(answer) = error.kind()
    {
        return Some(answer);
    }
    error.source().and_then(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_does_not_accept_the_credentials_refuses() {
        for (reason, refuses) in [
            ("authorization violation: nats: authorization violation", true),
            ("the connection was lost: User Authentication Expired", true),
            ("IO error: Connection refused (os error 111)", false),
            ("the connection was lost", false),
        ] {
            let error = Problem::of_connection(reason).into_error("n");
            assert_eq!(matches!(error, BrokerError::Refuses { .. }), refuses, "{error}");
        }
    }
}
