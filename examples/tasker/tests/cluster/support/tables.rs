//! The tables and the queues in the database, read without tasker.

use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction, postgres::PgPoolOptions};

use super::until;

/// The states in which a task or a step stays.
const ENDS: &str = "('complete', 'skipped', 'error', 'cancelled')";

/// A database.
#[derive(Clone, Debug)]
pub(crate) struct Tables(PgPool);

impl Tables {
    pub(crate) fn open(url: &str) -> Self {
        let pool = PgPoolOptions::new().max_connections(4).connect_lazy(url);
        Self(pool.expect("a URL"))
    }

    /// Executes statements.
    pub(crate) async fn run(&self, statements: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(statements)).execute(&self.0).await;
        done.unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// The one number that a query returns.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        let number = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&self.0).await;
        number.unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// The number of rows behind `FROM`.
    pub(crate) async fn count(&self, from: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {from}")).await
    }

    /// Locks tables in this mode until the transaction is dropped.
    pub(crate) async fn lock(&self, tables: &str, mode: &str) -> Transaction<'static, Postgres> {
        let mut transaction = self.0.begin().await.expect("a transaction");
        let lock = format!("LOCK TABLE {tables} IN {mode} MODE");
        sqlx::query(AssertSqlSafe(lock)).execute(&mut *transaction).await.expect("a lock");
        transaction
    }

    /// Waits until no task is open and all queues are empty.
    pub(crate) async fn all_over(&self) {
        until("every task is over", async || {
            self.count(&format!("tasker.tasks WHERE state NOT IN {ENDS}")).await == 0
        })
        .await;
        for queue in QUEUES {
            until("the queue is empty", async || self.count(&format!("pgmq.q_{queue}")).await == 0)
                .await;
        }
    }

    /// Checks that everything has happened once: each task and each of its steps has ended once,
    /// each transition begins in the state in which the one before ended, and the last one led to
    /// the state in the table.
    pub(crate) async fn everything_ended_once(&self) {
        let wrong = [
            (
                "a transition from another state",
                format!(
                    "SELECT * FROM (SELECT *, lag(to_state) OVER passed AS before
                     FROM tasker.transitions
                     WINDOW passed AS (PARTITION BY task_id, step_id ORDER BY id)) AS all_of
                 WHERE from_state IS DISTINCT FROM coalesce(before,
                     CASE WHEN step_id IS NOT NULL THEN 'pending' END)
                 OR before IN {ENDS}"
                ),
            ),
            ("a task whose last transition is not its state", LAST_OF_TASK.to_owned()),
            ("a step whose last transition is not its state", LAST_OF_STEP.to_owned()),
            (
                "a step that has not ended",
                format!("SELECT * FROM tasker.steps WHERE state NOT IN {ENDS}"),
            ),
        ];
        for (what, query) in wrong {
            let query = format!("SELECT row_to_json(wrong)::text FROM ({query}) AS wrong LIMIT 3");
            let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query.as_str()))
                .fetch_all(&self.0)
                .await
                .unwrap_or_else(|error| panic!("{query}: {error}"));
            assert!(found.is_empty(), "{what}: {found:#?}");
        }
    }
}

/// Every queue.
pub(crate) const QUEUES: [&str; 5] = [
    "orchestration_task_requests",
    "orchestration_step_results",
    "worker_math_queue",
    "worker_files_queue",
    "worker_faults_queue",
];

const LAST_OF_TASK: &str = "
    SELECT tasks.id, state, last FROM tasker.tasks JOIN (
        SELECT DISTINCT ON (task_id) task_id, to_state AS last FROM tasker.transitions
        WHERE step_id IS NULL ORDER BY task_id, id DESC) AS ends ON task_id = tasks.id
    WHERE state <> last";

const LAST_OF_STEP: &str = "
    SELECT steps.id, name, state, last FROM tasker.steps LEFT JOIN (
        SELECT DISTINCT ON (step_id) step_id, to_state AS last FROM tasker.transitions
        WHERE step_id IS NOT NULL ORDER BY step_id, id DESC) AS ends ON step_id = steps.id
    WHERE state IS DISTINCT FROM last";
