//! Channels of tokio.
