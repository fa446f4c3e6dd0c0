//! Transactions and their ends.

use osapi_metrics::instrumentation::sqlx::ObservedPool;
use sqlx::{Error, Postgres};

use crate::postgres::{read_pool, shared, within};

async fn table(pool: &ObservedPool<Postgres>) {
    let create = "CREATE TABLE t (x int UNIQUE DEFERRABLE INITIALLY DEFERRED)";
    sqlx::query(create).execute(pool).await.unwrap();
}

async fn rows(pool: &ObservedPool<Postgres>) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM t");
    within(count.fetch_one(pool)).await.unwrap()
}

/// The number of transactions with this end, which the histogram of their durations has too.
fn ended(pool: &'static str, outcome: &str) -> u64 {
    let labels = [("outcome", outcome)];
    let read = read_pool(pool);
    let counted = read.number("osapi_db_transactions_total", &labels).unwrap_or(0.0);
    let measured = read.samples("osapi_db_transaction_duration_seconds", &labels).unwrap_or(0);
    assert!((counted - measured as f64).abs() < f64::EPSILON, "{counted} {measured}");
    measured
}

#[tokio::test]
async fn a_transaction_counts_by_its_end() {
    const NAME: &str = "ends";
    const INSERT: &str = "INSERT INTO t VALUES (1)";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    table(&pool).await;

    let mut dropped = pool.begin().await.unwrap();
    sqlx::query(INSERT).execute(&mut dropped).await.unwrap();
    drop(dropped);
    assert_eq!((ended(NAME, "dropped"), rows(&pool).await), (1, 0));

    let mut rolled_back = within(pool.begin()).await.unwrap();
    sqlx::query(INSERT).execute(&mut rolled_back).await.unwrap();
    rolled_back.rollback().await.unwrap();
    assert_eq!((ended(NAME, "rolled_back"), rows(&pool).await), (1, 0));

    let mut committed = within(pool.begin()).await.unwrap();
    sqlx::query(INSERT).execute(&mut committed).await.unwrap();
    committed.commit().await.unwrap();
    assert_eq!((ended(NAME, "committed"), rows(&pool).await), (1, 1));

    let mut refused = within(pool.begin()).await.unwrap();
    sqlx::query(INSERT).execute(&mut refused).await.unwrap();
    refused.commit().await.unwrap_err();
    assert_eq!((ended(NAME, "failed"), rows(&pool).await), (1, 1));
    assert_eq!(ended(NAME, "committed"), 1);
}

#[tokio::test]
async fn a_commit_that_postgresql_turns_into_a_rollback_is_one() {
    const NAME: &str = "turned";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    table(&pool).await;

    let mut aborted = pool.begin().await.unwrap();
    sqlx::query("INSERT INTO t VALUES (1)").execute(&mut aborted).await.unwrap();
    sqlx::query("SELECT 1 / 0").execute(&mut aborted).await.unwrap_err();
    // PostgreSQL answers ROLLBACK, which is no error.
    aborted.commit().await.unwrap();
    assert_eq!((ended(NAME, "rolled_back"), rows(&pool).await), (1, 0));

    // A savepoint mends the transaction.
    let mut mended = within(pool.begin()).await.unwrap();
    sqlx::query("INSERT INTO t VALUES (1)").execute(&mut mended).await.unwrap();
    sqlx::query("SAVEPOINT s").execute(&mut mended).await.unwrap();
    sqlx::query("SELECT 1 / 0").execute(&mut mended).await.unwrap_err();
    sqlx::query("ROLLBACK TO SAVEPOINT s").execute(&mut mended).await.unwrap();
    mended.commit().await.unwrap();
    assert_eq!((ended(NAME, "committed"), rows(&pool).await), (1, 1));
}

#[tokio::test]
async fn a_transaction_begins_with_a_statement_of_the_caller() {
    const NAME: &str = "begins";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    let statement = "BEGIN ISOLATION LEVEL SERIALIZABLE";
    let mut transaction = pool.begin_with(statement).await.unwrap();
    let level: String =
        sqlx::query_scalar("SHOW transaction_isolation").fetch_one(&mut transaction).await.unwrap();
    assert_eq!(level, "serializable");
    transaction.commit().await.unwrap();

    let failed = within(pool.begin_with("SELECT 1")).await;
    assert!(matches!(failed, Err(Error::BeginFailed)), "{failed:?}");
    assert_eq!((ended(NAME, "committed"), ended(NAME, "failed")), (1, 1));
    // The connection is whole.
    within(sqlx::query("SELECT 1").execute(&pool)).await.unwrap();
}
