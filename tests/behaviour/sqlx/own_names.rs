//! A service's own names for what is measured.

use osapi_metrics::{
    Counter, Histogram, MetricSet, ObservableUpDownCounter,
    instrumentation::sqlx::{ObservedPool, SqlxRoles},
};

use crate::{
    postgres::{options, shared, within},
    read,
};

/// The database of a service, under the names of its dashboards.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", roles(of = SqlxRoles))]
struct TaskerDatabase {
    /// Queries that have ended.
    #[metric(name = "tasker.sql.queries.total", unit = "{query}", on = queries)]
    queries: Counter,
    /// Time of queries in milliseconds.
    #[metric(
        name = "tasker.sql.query.duration",
        buckets = [1, 5, 10, 50, 100, 500, 1000],
        records_in = "ms",
        on = query_duration,
    )]
    query_duration: Histogram,
    /// Connections in use.
    #[metric(name = "tasker.db.pool.connections_active", on = connections_active)]
    active: ObservableUpDownCounter,
    /// Connections that are idle.
    #[metric(name = "tasker.db.pool.connections_idle", on = connections_idle)]
    idle: ObservableUpDownCounter,
    /// Time until a caller has a connection in milliseconds.
    #[metric(
        name = "tasker.db.pool.wait_duration",
        buckets = [1, 5, 10, 50, 100, 500, 1000],
        records_in = "ms",
        on = wait,
    )]
    wait: Histogram,
    /// Transactions that have ended.
    #[metric(name = "tasker.db.transactions.total", unit = "{transaction}", on = transactions)]
    transactions: Counter,
    /// Time of transactions in milliseconds.
    #[metric(
        name = "tasker.db.transaction.duration",
        buckets = [1, 5, 10, 50, 100, 500, 1000],
        records_in = "ms",
        on = transaction_duration,
    )]
    transaction_duration: Histogram,
}

#[tokio::test]
async fn a_set_of_a_service_records_under_its_own_names() {
    let Some(server) = shared() else { return };
    let pool = server.plain("tasker", options(2)).await;
    let pool = ObservedPool::new_in::<TaskerDatabase>(pool, &());
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query("SELECT pg_sleep(0.002)").execute(&mut transaction).await.unwrap();
    let inside = read();
    assert_eq!(inside.number("tasker_db_pool_connections_active", &[]), Some(1.0));
    assert_eq!(inside.number("tasker_db_pool_connections_idle", &[]), Some(0.0));
    transaction.commit().await.unwrap();
    within(sqlx::query("SELECT x").execute(&pool)).await.unwrap_err();

    let read = read();
    assert_eq!(read.number("tasker_sql_queries_total", &[]), Some(2.0));
    assert_eq!(read.number("tasker_db_transactions_total", &[]), Some(1.0));
    let histogram = |name| read.histogram(name, &[]).unwrap();
    let query = histogram("tasker_sql_query_duration");
    assert_eq!(query.count, 2);
    // In milliseconds.
    assert!(query.sum >= 2.0, "{query:?}");
    assert_eq!(histogram("tasker_db_transaction_duration").count, 1);
    assert!(histogram("tasker_db_transaction_duration").sum >= 2.0);
    assert_eq!(histogram("tasker_db_pool_wait_duration").count, 2);
}
