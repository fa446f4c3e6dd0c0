//! The tables, and the queues of PGMQ.

use pgmq::{PGMQueueExt, PgmqError};
use sqlx::{PgPool, error::DatabaseError};

/// The version of the tables that this program uses.
const VERSION: i32 = 1;

/// The number that processes lock while they prepare the database, so that one of them does.
const LOCK: i64 = 0x7461_736b_6572;

const TABLES: &str = "
CREATE SCHEMA tasker;
CREATE TABLE tasker.schema_version (version integer NOT NULL);
CREATE TABLE tasker.tasks (
    id uuid PRIMARY KEY,
    correlation_id text NOT NULL,
    workflow text NOT NULL,
    namespace text NOT NULL,
    context jsonb NOT NULL,
    state text NOT NULL,
    cancel_requested boolean NOT NULL DEFAULT false,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE INDEX tasks_unfinished ON tasker.tasks (state)
    WHERE state NOT IN ('complete', 'error', 'cancelled');
CREATE TABLE tasker.steps (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id uuid NOT NULL REFERENCES tasker.tasks ON DELETE CASCADE,
    position integer NOT NULL,
    name text NOT NULL,
    namespace text NOT NULL,
    handler text NOT NULL,
    state text NOT NULL,
    attempt integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL,
    timeout_millis bigint NOT NULL,
    retry_at timestamptz,
    worker text,
    lease_until timestamptz,
    output jsonb,
    error jsonb,
    UNIQUE (task_id, name)
);
CREATE INDEX steps_open ON tasker.steps (state, retry_at)
    WHERE state IN ('pending', 'waiting_for_retry');
CREATE TABLE tasker.edges (
    from_step bigint NOT NULL REFERENCES tasker.steps ON DELETE CASCADE,
    to_step bigint NOT NULL REFERENCES tasker.steps ON DELETE CASCADE,
    PRIMARY KEY (to_step, from_step)
);
CREATE INDEX edges_from ON tasker.edges (from_step);
CREATE TABLE tasker.transitions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id uuid NOT NULL REFERENCES tasker.tasks ON DELETE CASCADE,
    step_id bigint,
    from_state text,
    to_state text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX transitions_of_task ON tasker.transitions (task_id);
CREATE TABLE tasker.rows (
    task_id uuid NOT NULL REFERENCES tasker.tasks ON DELETE CASCADE,
    number integer NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (task_id, number)
);
";

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database has tables of another version.
    #[error(
        "the database has version {found} of tasker's tables, and this program uses version \
         {VERSION}; give another database with --database, or remove the old tables with `DROP \
         SCHEMA tasker CASCADE`"
    )]
    Version {
        /// The version in the database.
        found: i32,
    },
    /// The database has a schema `tasker` that is not this program's.
    #[error(
        "the database has a schema `tasker` without a version; give another database with \
         --database, or remove the schema with `DROP SCHEMA tasker CASCADE`"
    )]
    Foreign,
    /// The user may not create tables.
    #[error(
        "the user of the database may not create tasker's tables ({reason}); give the user \
         `CREATE` on the database, or another user in the URL of --database"
    )]
    Rights {
        /// What the server says.
        reason: String,
    },
    /// The queues could not be installed.
    #[error("cannot install PGMQ's functions into the database: {0}")]
    Pgmq(PgmqError),
    /// The database failed.
    #[error("cannot prepare the database: {0}")]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for SchemaError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(refused) if is_about_rights(refused) => {
                Self::Rights { reason: refused.message().to_owned() }
            }
            _ => Self::Database(error),
        }
    }
}

/// Creates the tables and PGMQ's functions where they are missing.
///
/// # Errors
/// The database has other tables, its user lacks rights, or it fails.
pub async fn prepare(pool: &PgPool) -> Result<(), SchemaError> {
    let mut lock = pool.acquire().await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut *lock).await?;
    let prepared = prepare_locked(pool).await;
    // A connection that is lost has lost the lock too.
    let _ = sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(&mut *lock).await;
    prepared
}

async fn prepare_locked(pool: &PgPool) -> Result<(), SchemaError> {
    let exists: (bool, bool) = sqlx::query_as(
        "SELECT to_regnamespace('tasker') IS NOT NULL,
                to_regclass('tasker.schema_version') IS NOT NULL",
    )
    .fetch_one(pool)
    .await?;
    match exists {
        (true, true) => {
            let found: Option<i32> =
                sqlx::query_scalar("SELECT max(version) FROM tasker.schema_version")
                    .fetch_one(pool)
                    .await?;
            match found {
                Some(VERSION) => {}
                found => return Err(SchemaError::Version { found: found.unwrap_or_default() }),
            }
        }
        (true, false) => return Err(SchemaError::Foreign),
        (false, _) => create(pool).await?,
    }
    install_pgmq(pool).await
}

/// Creates all tables or none.
async fn create(pool: &PgPool) -> Result<(), SchemaError> {
    let mut transaction = pool.begin().await?;
    sqlx::raw_sql(TABLES).execute(&mut *transaction).await?;
    sqlx::query("INSERT INTO tasker.schema_version VALUES ($1)")
        .bind(VERSION)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}

/// Installs PGMQ's SQL, unless the database has PGMQ, as an extension or as SQL.
async fn install_pgmq(pool: &PgPool) -> Result<(), SchemaError> {
    let exists: bool = sqlx::query_scalar(
        "SELECT to_regproc('pgmq.send_batch') IS NOT NULL OR to_regclass('pgmq.meta') IS NOT NULL",
    )
    .fetch_one(pool)
    .await?;
    if exists {
        return Ok(());
    }
    let pgmq = PGMQueueExt::new_with_pool(pool.clone()).await;
    pgmq.install_sql_from_embedded().await.map_err(|error| match error {
        PgmqError::DatabaseError(error) => error.into(),
        error => SchemaError::Pgmq(error),
    })
}

/// SQLSTATE 42501: insufficient privilege.
fn is_about_rights(refused: &dyn DatabaseError) -> bool {
    refused.code().is_some_and(|code| code == "42501")
}
