use std::{io, time::Duration};

/// Why containers cannot be observed.
///
/// An engine that does not answer is no error: it is asked again at each interval.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DockerError {
    /// `DOCKER_HOST` is not the path of a unix socket.
    #[error(
        "DOCKER_HOST is `{value}`; containers are read from a unix socket of this machine only: \
         write its path as in `unix:///var/run/docker.sock`"
    )]
    Host {
        /// The value of the variable.
        value: String,
    },
    /// A label of [`DockerOptions::label`](super::DockerOptions::label) has no key.
    #[error("`{label}` is no label of a container; write `key` or `key=value`")]
    Label {
        /// The given text.
        label: String,
    },
    /// A pattern of [`DockerOptions::name`](super::DockerOptions::name) is empty.
    #[error("the pattern of a container's name is empty; leave it out to observe all containers")]
    EmptyName,
    /// The time of [`DockerOptions::timeout`](super::DockerOptions::timeout) is out of its range.
    #[error(
        "the timeout of a request to the engine is {}; 1ms to 1h is allowed",
        humantime::format_duration(*.given)
    )]
    Timeout {
        /// The given time.
        given: Duration,
    },
    /// The system does not give the process what the thread that asks the engine needs.
    #[error("cannot start the thread that reads containers")]
    Thread(#[source] io::Error),
    /// The operating system has no unix sockets.
    #[error("containers are read from a unix socket, which this system does not have")]
    Unsupported,
}
