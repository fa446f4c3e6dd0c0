use std::io;

use osapi_common::postgres::PostgresError;
use osapi_metrics::{InstallError, http::ListenError, instrumentation::queue::QueueNameError};

use crate::store::SchemaError;

/// Why the process did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The metrics could not be set up.
    #[error("cannot set up the metrics: {0}")]
    Metrics(#[from] InstallError),
    /// The private server did not start.
    #[error("{0}, or give a server with --database")]
    Postgres(#[from] PostgresError),
    /// The URL of the database cannot be read.
    #[error(
        "--database or DATABASE_URL is not the URL of a PostgreSQL database ({reason}); it looks \
         like `postgres://user:password@host:5432/database`"
    )]
    Url {
        /// What is wrong, without the URL, which may have a password.
        reason: String,
    },
    /// The database does not answer.
    #[error(
        "the database at {place} cannot be used: {cause}; check that PostgreSQL runs there, and the \
         user, the password and the name of the database in the URL"
    )]
    Connect {
        /// Host and port, or the socket.
        place: String,
        /// The error of the connection.
        #[source]
        cause: sqlx::Error,
    },
    /// The tables or the queues are not as they should be.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The name of a queue is not valid.
    #[error("cannot open the queues: {0}")]
    Queues(#[from] QueueNameError),
    /// A worker has a namespace without a queue.
    #[error("cannot start a worker: {0}")]
    Worker(#[from] sqlx::Error),
    /// The handler thread could not be started.
    #[error("cannot start the handler thread: {0}")]
    Thread(io::Error),
}
