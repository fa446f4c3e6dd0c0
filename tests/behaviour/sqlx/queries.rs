//! Queries on pools, connections and transactions.

use futures_util::{StreamExt, TryStreamExt};
use sqlx::{Either, Error, Executor, Row, SqlSafeStr};

use crate::postgres::{read_pool, shared, until_running, within};

const ROWS: &str = "db_client_response_returned_rows";

fn rows(pool: &'static str, operation: &str) -> (Option<u64>, Option<f64>) {
    let labels = [("db_system_name", "postgresql"), ("db_operation_name", operation)];
    let read = read_pool(pool);
    (read.samples(ROWS, &labels), read.sum(ROWS, &labels))
}

#[tokio::test]
async fn queries_count_by_operation_on_every_executor() {
    const NAME: &str = "executors";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    sqlx::query("CREATE TABLE t (x int PRIMARY KEY)").execute(&pool).await.unwrap();
    sqlx::query("INSERT INTO t VALUES ($1), (2)").bind(1).execute(&pool).await.unwrap();

    let mut connection = pool.acquire().await.unwrap();
    sqlx::query("INSERT INTO t VALUES (3)").execute(&mut connection).await.unwrap();
    let all: Vec<i32> =
        sqlx::query_scalar("SELECT x FROM t ORDER BY x").fetch_all(&mut connection).await.unwrap();
    assert_eq!(all, [1, 2, 3]);
    drop(connection);

    let mut transaction = pool.begin().await.unwrap();
    let updated = sqlx::query("UPDATE t SET x = x + 10").execute(&mut transaction).await.unwrap();
    assert_eq!(updated.rows_affected(), 3);
    // Not measured: the connection itself.
    sqlx::query("DELETE FROM t").execute(transaction.connection()).await.unwrap();
    transaction.rollback().await.unwrap();

    let none = sqlx::query("SELECT x FROM t WHERE x = 99").fetch_optional(&pool).await.unwrap();
    assert!(none.is_none());
    let missing = sqlx::query("SELECT x FROM t WHERE x = 99").fetch_one(&pool).await;
    assert!(matches!(missing, Err(Error::RowNotFound)));

    let read = read_pool(NAME);
    assert_eq!(read.queries("CREATE", ""), Some(1));
    assert_eq!(read.queries("INSERT", ""), Some(2));
    assert_eq!(read.queries("UPDATE", ""), Some(1));
    assert_eq!(read.queries("DELETE", ""), None);
    // A missing row is no error of the query.
    assert_eq!(read.queries("SELECT", ""), Some(3));
    assert_eq!(read.queries("SELECT", "row_not_found"), None);
    assert_eq!(rows(NAME, "SELECT"), (Some(3), Some(3.0)));
    // Nobody read rows.
    assert_eq!(rows(NAME, "INSERT"), (None, None));
}

#[tokio::test]
async fn several_statements_in_one_text_are_one_query() {
    const NAME: &str = "statements";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    let text = sqlx::raw_sql("CREATE TABLE t (x int); INSERT INTO t VALUES (1), (2); TABLE t");
    let steps: Vec<_> = text.fetch_many(&pool).try_collect().await.unwrap();
    let of_rows = steps.iter().filter(|step| matches!(step, Either::Right(_))).count();
    assert_eq!((steps.len(), of_rows), (5, 2));
    assert_eq!(read_pool(NAME).queries("CREATE", ""), Some(1));
    assert_eq!(rows(NAME, "CREATE"), (Some(1), Some(2.0)));
}

#[tokio::test]
async fn prepared_statements_keep_their_arguments_and_types() {
    const NAME: &str = "prepared";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    let mut connection = pool.acquire().await.unwrap();
    let sql = "SELECT $1::int + $2::int".into_sql_str();
    let statement = (&mut connection).prepare(sql).await.unwrap();
    let sum = sqlx::Statement::query(&statement).bind(2).bind(3);
    let row = sum.fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.get::<i32, _>(0), 5);
    let described = (&mut connection).describe("SELECT 1 AS one".into_sql_str()).await.unwrap();
    assert_eq!(described.columns.len(), 1);
    let read = read_pool(NAME);
    assert_eq!((read.queries("PREPARE", ""), read.queries("SELECT", "")), (Some(1), Some(1)));
}

#[tokio::test]
async fn errors_count_by_their_class() {
    const NAME: &str = "classes";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    sqlx::query("CREATE TABLE t (x int UNIQUE NOT NULL)").execute(&pool).await.unwrap();
    sqlx::query("INSERT INTO t VALUES (1)").execute(&pool).await.unwrap();
    for (statement, operation, class) in [
        ("INSERT INTO t VALUES (1)", "INSERT", "unique_violation"),
        ("INSERT INTO t VALUES (NULL)", "INSERT", "not_null_violation"),
        ("SELECT 1 / 0", "SELECT", "data_exception"),
        ("SELECT * FROM missing", "SELECT", "undefined_table"),
        ("SELEKT 1", "OTHER", "syntax_error_or_access_rule_violation"),
        ("DO 'BEGIN RAISE EXCEPTION $$x$$; END'", "DO", "plpgsql_error"),
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap_err();
        assert_eq!(read_pool(NAME).queries(operation, class), Some(1), "{statement}");
    }
    sqlx::query("SELECT $1").bind(NotEncodable).execute(&pool).await.unwrap_err();
    assert_eq!(read_pool(NAME).queries("SELECT", "encode"), Some(1));
    // A query that fails has no number of rows.
    sqlx::query("SELECT 1 / (3 - n) FROM generate_series(1, 3) AS n")
        .fetch_all(&pool)
        .await
        .unwrap_err();
    assert_eq!(rows(NAME, "SELECT"), (None, None));
}

/// A value that cannot be sent.
struct NotEncodable;

impl sqlx::Type<sqlx::Postgres> for NotEncodable {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        <i32 as sqlx::Type<sqlx::Postgres>>::type_info()
    }
}

impl sqlx::Encode<'_, sqlx::Postgres> for NotEncodable {
    fn encode_by_ref(
        &self,
        _: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        Err("not encodable".into())
    }
}

#[tokio::test]
async fn a_dropped_query_is_cancelled() {
    const NAME: &str = "dropped_query";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 2).await;
    let running = tokio::spawn({
        let pool = pool.clone();
        async move { sqlx::query("SELECT pg_sleep(600), 'dropped'").execute(&pool).await.map(drop) }
    });
    let process = until_running(pool.pool(), "dropped").await;
    assert_eq!(read_pool(NAME).queries("SELECT", "cancelled"), None);
    running.abort();
    assert!(within(running).await.unwrap_err().is_cancelled());
    assert_eq!(read_pool(NAME).queries("SELECT", "cancelled"), Some(1));

    // A query that was never polled is no query.
    drop(sqlx::query("SELECT 1").execute(&pool));
    assert_eq!(read_pool(NAME).queries("SELECT", "cancelled"), Some(1));

    let end = sqlx::query("SELECT pg_terminate_backend($1)").bind(process);
    within(end.execute(&pool)).await.unwrap();
    // Both connections can be had again.
    let (first, second) = (within(pool.acquire()).await, within(pool.acquire()).await);
    assert!(first.is_ok() && second.is_ok());
}

#[tokio::test]
async fn a_stream_ends_the_query_at_its_end_or_is_cancelled() {
    const NAME: &str = "streams";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    let mut connection = pool.acquire().await.unwrap();
    {
        let mut all = sqlx::query("SELECT generate_series(1, 5)").fetch(&mut connection);
        let mut read = 0;
        while all.next().await.is_some() {
            read += 1;
            assert_eq!(read_pool(NAME).queries("SELECT", ""), None);
        }
        assert_eq!(read, 5);
        // The query has ended, although the stream is still there.
        assert_eq!(read_pool(NAME).queries("SELECT", ""), Some(1));
        assert!(all.next().await.is_none());
    }
    assert_eq!(rows(NAME, "SELECT"), (Some(1), Some(5.0)));

    let half = sqlx::query("SELECT generate_series(1, 5)").fetch(&mut connection);
    assert_eq!(half.take(2).count().await, 2);
    drop(connection);
    let of_pool = sqlx::query("SELECT generate_series(1, 5)").fetch(&pool);
    assert_eq!(of_pool.take(2).count().await, 2);
    drop(sqlx::query("SELECT 1").fetch(&pool));

    let read = read_pool(NAME);
    assert_eq!(
        (read.queries("SELECT", ""), read.queries("SELECT", "cancelled")),
        (Some(1), Some(2))
    );
    assert_eq!(rows(NAME, "SELECT"), (Some(1), Some(5.0)));
    let whole = sqlx::query_scalar::<_, i32>("SELECT generate_series(1, 7)").fetch(&pool);
    let whole: Vec<_> = within(whole.try_collect()).await.unwrap();
    assert_eq!(whole, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(rows(NAME, "SELECT"), (Some(2), Some(12.0)));
}
