//! The transports: each sends the bytes of a request and reads the answer.

mod grpc;
mod http;
mod protocol;
mod setup;

pub(super) use protocol::Transport;
pub(super) use setup::{Setup, uses_tls};
