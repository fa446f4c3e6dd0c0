//! The connections of a process to its database.

use osapi_common::program::awaited;
use osapi_metrics::instrumentation::sqlx::ObservedPool;
use sqlx::{
    ConnectOptions, Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{error::StartError, private::PrivateServer};
use crate::{
    config::PoolOptions,
    metrics::DatabaseMetrics,
    store::{self, Database},
};

/// A database that is ready, with the private server that it is in.
#[derive(Debug)]
pub(super) struct Databases {
    options: PgConnectOptions,
    /// Ends after everything else.
    pub(super) private: Option<PrivateServer>,
}

impl Databases {
    /// Connects once, and creates what is missing. Without a URL, a private server is started.
    ///
    /// A drop of the future undoes what it has started.
    pub(super) async fn prepare(url: Option<&str>) -> Result<Self, StartError> {
        let private = match url {
            Some(_) => None,
            None => Some(PrivateServer::start().await?),
        };
        let url = url.or(private.as_ref().map(PrivateServer::url)).unwrap_or_default();
        let options = parse(url)?.application_name("tasker").disable_statement_logging();
        let place = place(&options);
        let what = format!("the database at {place}, which does not answer or has other work");
        awaited(what, prepare(&options, place)).await?;
        Ok(Self { options, private })
    }

    /// An observed pool. Its connections are made when they are needed.
    pub(super) fn pool(&self, options: PoolOptions) -> Database {
        let pool: PgPool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(options.acquire_timeout)
            .connect_lazy_with(self.options.clone());
        ObservedPool::new_in::<DatabaseMetrics>(pool, &())
    }
}

async fn prepare(options: &PgConnectOptions, place: String) -> Result<(), StartError> {
    let connection = options.connect().await;
    let connection = connection.map_err(|cause| StartError::Connect { place, cause })?;
    // The pools make connections of their own.
    let _ = connection.close().await;
    let pool = PgPoolOptions::new().max_connections(3).connect_lazy_with(options.clone());
    let prepared = store::prepare(&pool).await;
    pool.close().await;
    Ok(prepared?)
}

fn parse(url: &str) -> Result<PgConnectOptions, StartError> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        let reason = "it does not begin with `postgres://`".to_owned();
        return Err(StartError::Url { reason });
    }
    url.parse().map_err(|error| match error {
        sqlx::Error::Configuration(cause) => StartError::Url { reason: cause.to_string() },
        error => StartError::Url { reason: error.to_string() },
    })
}

/// Where the database is, without user and password.
fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}
