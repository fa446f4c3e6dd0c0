//! The transports: each sends the bytes of a request and reads the answer.

mod grpc;
mod http;
mod setup;
mod thread;
mod tls;
mod transport;

pub(super) use thread::TransportThread;
pub(super) use transport::Transport;
