//! Connections, commands and batches of `redis`, with a server.

mod batches;
mod commands;
mod faults;
mod foreign;
mod own_names;
mod pushes;

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use osapi_metrics::instrumentation::redis::{ConnectionObserver, ObservedConnection};
use osapi_metrics_tests::{reading::Reading, servers};
use redis::{
    AsyncConnectionConfig, Client, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection},
};

use crate::read_lines_with;

/// The longest time that a test waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that the running tests share; it ends with the last of them.
struct SharedRedis {
    url: String,
    _server: Box<dyn Send + Sync>,
}

/// The shared server; `None` where Redis is missing.
fn shared() -> Option<Arc<SharedRedis>> {
    static SHARED: Mutex<Weak<SharedRedis>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = shared.upgrade() {
        return Some(server);
    }
    let server = servers::redis()?;
    let server = Arc::new(SharedRedis { url: server.url(), _server: Box::new(server) });
    *shared = Arc::downgrade(&server);
    Some(server)
}

impl SharedRedis {
    /// An observed connection of this name.
    async fn observed(&self, name: &'static str) -> ObservedConnection<MultiplexedConnection> {
        ObservedConnection::new(self.plain().await, name)
    }

    async fn plain(&self) -> MultiplexedConnection {
        multiplexed(&self.url, config()).await.expect("the server listens")
    }
}

/// A configuration without time-outs that a test reaches by accident.
fn config() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
}

async fn multiplexed(
    url: &str,
    config: AsyncConnectionConfig,
) -> RedisResult<MultiplexedConnection> {
    Client::open(url)?.get_multiplexed_async_connection_with_config(&config).await
}

/// An observed manager, which connects again within milliseconds.
async fn managed(url: &str, name: &'static str) -> ObservedConnection<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_min_delay(Duration::from_millis(1))
        .set_max_delay(Duration::from_millis(5))
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    let client = Client::open(url).expect("a URL");
    let connecting = client.get_connection_manager_with_config(config);
    ConnectionObserver::new(name).connect(connecting).await.expect("the server listens")
}

/// The series of a connection.
struct ConnectionReading {
    name: &'static str,
    reading: Reading,
}

/// Reads the series of the connection of this name.
fn read_connection(name: &'static str) -> ConnectionReading {
    let text = format!("db_client_connection_pool_name=\"{name}\"");
    ConnectionReading { name, reading: read_lines_with(&text) }
}

impl ConnectionReading {
    /// The value of a series with these labels beside the connection's name.
    fn number(&self, metric: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.reading.number(metric, &self.labels(labels))
    }

    /// The number of samples of a histogram, and their sum.
    fn histogram(&self, metric: &str, labels: &[(&str, &str)]) -> Option<(u64, f64)> {
        let histogram = self.reading.histogram(metric, &self.labels(labels));
        histogram.map(|histogram| (histogram.count, histogram.sum))
    }

    /// The number of operations that ended with this class of error; `""` for those that succeeded.
    fn operations(&self, name: &str, error: &str) -> u64 {
        let mut labels = vec![("db_system_name", "redis"), ("db_operation_name", name)];
        if !error.is_empty() {
            labels.push(("error_type", error));
        }
        let found = self.histogram("db_client_operation_duration_seconds", &labels);
        found.map_or(0, |(count, _)| count)
    }

    /// The number of commands in batches that ended with this class of error.
    fn batched(&self, name: &str, error: &str) -> Option<f64> {
        let mut labels = vec![("db_operation_name", name)];
        if !error.is_empty() {
            labels.push(("error_type", error));
        }
        self.number("osapi_redis_batched_commands_total", &labels)
    }

    /// The numbers of connections that are connected and disconnected.
    fn links(&self) -> (Option<f64>, Option<f64>) {
        let links = |state| self.number("osapi_redis_connections", &[("state", state)]);
        (links("connected"), links("disconnected"))
    }

    /// The numbers of disconnections and reconnections.
    fn changes(&self) -> (Option<f64>, Option<f64>) {
        let number = |metric| self.number(metric, &[]);
        (number("osapi_redis_disconnections_total"), number("osapi_redis_reconnections_total"))
    }

    fn in_flight(&self) -> Option<f64> {
        self.number("osapi_redis_operations_in_flight", &[])
    }

    /// The number of connections that could not be made.
    fn failures(&self, error: &str) -> Option<f64> {
        self.number("osapi_db_connection_failures_total", &[("error_type", error)])
    }

    fn labels<'a>(&self, labels: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut all = vec![("db_client_connection_pool_name", self.name)];
        all.extend_from_slice(labels);
        all
    }
}

/// The connected and the not connected state.
const CONNECTED: (Option<f64>, Option<f64>) = (Some(1.0), Some(0.0));
const DISCONNECTED: (Option<f64>, Option<f64>) = (Some(0.0), Some(1.0));

/// Waits until a condition holds.
async fn becomes(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::task::yield_now().await;
    }
}

/// Waits for a future, but not for ever.
async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it is there in time")
}
