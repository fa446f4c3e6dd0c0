//! The transports: each sends the bytes of a request and reads the answer.

mod grpc;
mod http;
mod protocol;
mod setup;
mod thread;
mod tls;

pub(super) use protocol::Transport;
pub(super) use thread::TransportThread;
