//! A server that is killed while it is used.

use osapi_metrics::instrumentation::sqlx::{ObservedPool, error_type};
use osapi_metrics_tests::servers;

use crate::postgres::{options, read_pool, until_running, within};

#[tokio::test]
async fn a_killed_server_fails_the_query_and_a_new_one_serves_the_next() {
    const NAME: &str = "killed_server";
    let Some(mut server) = servers::postgres() else { return };
    let pool = ObservedPool::new(options(2).connect_lazy(&server.url()).unwrap(), NAME);
    let running = tokio::spawn({
        let pool = pool.clone();
        async move {
            let mut transaction = pool.begin().await.unwrap();
            let sleep = sqlx::query("SELECT pg_sleep(600), 'killed'");
            let failed = sleep.execute(&mut transaction).await.unwrap_err();
            (failed, transaction.commit().await)
        }
    });
    until_running(pool.pool(), "killed").await;
    server.kill();
    let (failed, commit) = within(running).await.unwrap();
    commit.unwrap_err();
    let class = error_type(&failed);
    assert!(["io", "operator_intervention", "protocol"].contains(&class), "{class}: {failed:?}");
    assert_eq!(read_pool(NAME).queries("SELECT", class), Some(1));
    let ends =
        |outcome| read_pool(NAME).number("osapi_db_transactions_total", &[("outcome", outcome)]);
    assert_eq!(ends("failed"), Some(1.0));

    server.start_again().unwrap();
    // The idle connection of the old server is replaced.
    within(sqlx::query("SELECT 1").execute(&pool)).await.unwrap();
    assert_eq!(read_pool(NAME).queries("SELECT", ""), Some(1));
}
