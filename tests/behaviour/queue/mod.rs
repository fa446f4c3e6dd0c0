//! Metrics of queues with PGMQ in a real PostgreSQL server.
//!
//! The metrics are global, so every test has a queue of its own name.

mod messages;
mod own_names;
mod reading;
mod sampling;
mod transactions;

use std::sync::Arc;

use osapi_metrics::instrumentation::{
    queue::{Queue, QueueNameError},
    sqlx::ObservedPool,
};
use sqlx::{AssertSqlSafe, PgPool, Postgres};

use crate::postgres::{SharedPostgres, options, shared};

/// A database of a user without privileges, with PGMQ.
struct Database {
    pool: ObservedPool<Postgres>,
    _server: Arc<SharedPostgres>,
}

/// Installs PGMQ in a new database whose owner is a plain user; `None` where PostgreSQL is missing.
async fn database(name: &'static str) -> Option<Database> {
    let server = shared()?;
    let setup = options(1).connect(server.url()).await.unwrap();
    for statement in
        [format!("CREATE ROLE {name} LOGIN"), format!("CREATE DATABASE {name} OWNER {name}")]
    {
        sqlx::query(AssertSqlSafe(statement)).execute(&setup).await.unwrap();
    }
    setup.close().await;
    let pool = options(3).connect_lazy(&server.url_of(name, name)).unwrap();
    install(&pool).await;
    Some(Database { pool: ObservedPool::new(pool, name), _server: server })
}

/// Installs the functions and tables of PGMQ, or brings them up to date.
async fn install(pool: &PgPool) {
    pgmq::install::install_sql_from_embedded(pool).await.unwrap();
}

impl Database {
    /// A new queue.
    async fn queue(&self, name: &str) -> Queue {
        let queue = Queue::new(self.pool.clone(), name).unwrap();
        queue.create().await.unwrap();
        queue
    }
}

#[tokio::test]
async fn pgmq_installs_for_a_plain_owner_and_again() {
    let Some(database) = database("plain_owner").await else { return };
    install(database.pool.pool()).await;
    let superuser: String =
        sqlx::query_scalar("SHOW is_superuser").fetch_one(&database.pool).await.unwrap();
    assert_eq!(superuser, "off");
    let extensions: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_extension WHERE extname = 'pgmq'")
            .fetch_one(&database.pool)
            .await
            .unwrap();
    assert_eq!(extensions, 0);
    // Creating twice is one queue.
    let queue = database.queue("twice").await;
    queue.create().await.unwrap();
}

#[tokio::test]
async fn pgmq_accepts_the_names_that_are_accepted() {
    let Some(database) = database("queue_names").await else { return };
    for name in ["Upper", "with space", "quote\"d", "a-b", &"x".repeat(47)] {
        let queue = database.queue(name).await;
        let id = queue.send("hello").await.unwrap();
        let read = queue.read_id::<String>(id, std::time::Duration::ZERO).await.unwrap();
        assert_eq!(read.unwrap().body.unwrap(), "hello", "{name}");
        assert!(queue.delete(id).await.unwrap());
    }
    for name in ["a$", "a;", "it's", "a--b", &"x".repeat(48)] {
        let refused = Queue::new(database.pool.clone(), name);
        assert!(refused.is_err(), "{name}");
        let created = sqlx::query("SELECT pgmq.create($1)").bind(name);
        created.execute(&database.pool).await.unwrap_err();
    }
    assert_eq!(Queue::new(database.pool.clone(), "").unwrap_err(), QueueNameError::Empty);
}
