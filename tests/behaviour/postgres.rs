//! A PostgreSQL server for the tests of databases and queues.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use osapi_metrics::instrumentation::sqlx::ObservedPool;
use osapi_metrics_tests::{reading::Reading, servers};
use sqlx::{PgPool, Postgres, postgres::PgPoolOptions};

use crate::read_lines_with;

/// The longest time that a test waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that the running tests share; it ends with the last of them.
pub(crate) struct SharedPostgres {
    url: String,
    _server: Box<dyn Send + Sync>,
}

/// The shared server; `None` where PostgreSQL is missing.
pub(crate) fn shared() -> Option<Arc<SharedPostgres>> {
    static SHARED: Mutex<Weak<SharedPostgres>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = shared.upgrade() {
        return Some(server);
    }
    let server = servers::postgres()?;
    let server = Arc::new(SharedPostgres { url: server.url(), _server: Box::new(server) });
    *shared = Arc::downgrade(&server);
    Some(server)
}

impl SharedPostgres {
    /// An observed pool of this name, which is also the name of a schema of its own.
    pub(crate) async fn pool(&self, name: &'static str, most: u32) -> ObservedPool<Postgres> {
        ObservedPool::new(self.plain(name, options(most)).await, name)
    }

    /// A pool whose connections use the schema of this name.
    pub(crate) async fn plain(&self, schema: &'static str, options: PgPoolOptions) -> PgPool {
        let setup = PgPoolOptions::new().max_connections(1).connect(&self.url).await.unwrap();
        let create = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        sqlx::query(sqlx::AssertSqlSafe(create)).execute(&setup).await.unwrap();
        setup.close().await;
        options.connect_lazy(&format!("{}?options=-csearch_path%3D{schema}", self.url)).unwrap()
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The URL of a database for a user.
    pub(crate) fn url_of(&self, database: &str, user: &str) -> String {
        let (server, _) = self.url.rsplit_once('/').unwrap();
        let (_, address) = server.split_once('@').unwrap();
        format!("postgres://{user}@{address}/{database}")
    }
}

/// Options for this number of connections, with a time-out that no test reaches by accident.
pub(crate) fn options(most: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(most).acquire_timeout(PATIENCE)
}

/// The series of a pool.
pub(crate) struct PoolReading {
    name: &'static str,
    reading: Reading,
}

/// Reads the series of the pool of this name.
pub(crate) fn read_pool(name: &'static str) -> PoolReading {
    let text = format!("db_client_connection_pool_name=\"{name}\"");
    PoolReading { name, reading: read_lines_with(&text) }
}

impl PoolReading {
    /// The value of a series with these labels beside the pool's name.
    pub(crate) fn number(&self, metric: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.reading.number(metric, &self.labels(labels))
    }

    /// The number of samples of a histogram with these labels beside the pool's name.
    pub(crate) fn samples(&self, metric: &str, labels: &[(&str, &str)]) -> Option<u64> {
        self.reading.histogram(metric, &self.labels(labels)).map(|histogram| histogram.count)
    }

    /// The sum of a histogram with these labels beside the pool's name.
    pub(crate) fn sum(&self, metric: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.reading.histogram(metric, &self.labels(labels)).map(|histogram| histogram.sum)
    }

    /// The number of queries of an operation that ended with this class of error; `""` for those
    /// that succeeded.
    pub(crate) fn queries(&self, operation: &str, error: &str) -> Option<u64> {
        let mut labels = vec![("db_system_name", "postgresql"), ("db_operation_name", operation)];
        if !error.is_empty() {
            labels.push(("error_type", error));
        }
        self.samples("db_client_operation_duration_seconds", &labels)
    }

    /// The number of connections in a state.
    pub(crate) fn connections(&self, state: &str) -> Option<f64> {
        self.number("db_client_connection_count", &[("db_client_connection_state", state)])
    }

    fn labels<'a>(&self, labels: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut all = vec![("db_client_connection_pool_name", self.name)];
        all.extend_from_slice(labels);
        all
    }
}

/// Waits until a condition holds.
pub(crate) async fn becomes(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::task::yield_now().await;
    }
}

/// Waits for a future, but not for ever.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it is there in time")
}

/// Waits until the server runs a statement that contains this text.
pub(crate) async fn until_running(pool: &PgPool, text: &str) -> i32 {
    let active = "SELECT pid FROM pg_stat_activity WHERE state = 'active' \
                  AND pid <> pg_backend_pid() AND query LIKE '%' || $1 || '%'";
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = sqlx::query_scalar(active).bind(text).fetch_optional(pool).await.unwrap();
        if let Some(process) = found {
            return process;
        }
        assert!(Instant::now() < deadline, "`{text}` does not run");
    }
}
