//! Tries at intervals what a process has to do with its database, where it changes nothing: a right
//! or a table that is missing, a lock, or a server without a free connection is noticed by a
//! process that has nothing to do, and where other statements succeed.

use std::time::Duration;

use osapi_metrics_rules::excerpt::Excerpt;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Error, Executor, PgPool, Postgres, Transaction,
    postgres::PgConnectOptions,
};
use tokio::time::{sleep, timeout};

use super::{
    DatabaseHealth, Use,
    health::{Problem, reason},
    no_answer_within, without_panic,
};

/// The pause between two tries, and while not all is well.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(1));

/// The longest time that a try waits for a lock, and for an answer.
const LIMITS: (&str, Duration) = ("SET LOCAL lock_timeout = '500ms'", Duration::from_secs(5));

/// What is written into steps after their beginning.
const STEP_COLUMNS: &str = "state, attempt, retry_at, worker, lease_until, output, error";

/// The most things that are named.
const MOST_NAMED: usize = 5;

/// What tries the database of a process.
#[derive(Debug)]
pub struct Probe {
    /// The pools of the process, by name. Everything is tried on the first.
    pub pools: Vec<(&'static str, PgPool)>,
    /// How a connection beside the pools is made, to hear why they have none.
    pub options: PgConnectOptions,
    /// What the process has to do.
    pub rights: Rights,
    /// Where the result goes.
    pub health: DatabaseHealth,
}

/// Statements that change nothing, each with what it stands for, such as ``delete from `table` ``.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    /// The statements.
    statements: Vec<(String, String)>,
    /// What the API does, to try it whole while it fails.
    accept: Option<String>,
}

impl Rights {
    /// What the API and the orchestration do.
    pub fn add_orchestration(&mut self, requests: &str, results: &str, workers: &[String]) {
        self.insert("tasker.tasks", "id, correlation_id, workflow, namespace, context, state");
        self.insert("tasker.transitions", "task_id, step_id, from_state, to_state");
        self.insert(
            "tasker.steps",
            "task_id, position, name, namespace, handler, state, max_attempts, timeout_millis",
        );
        self.insert("tasker.edges", "from_step, to_step");
        self.select("tasker.edges");
        for table in ["tasker.tasks", "tasker.steps"] {
            self.select(table);
        }
        self.update("tasker.tasks", "state, cancel_requested, error, ended_at");
        self.update("tasker.steps", STEP_COLUMNS);
        self.call("pgmq.send", "'', '{}'::jsonb, 0");
        self.call("pgmq.send_batch", "'', '{}'::jsonb[]");
        for queue in [requests, results] {
            self.receive_from(queue);
        }
        self.send_to(requests);
        for queue in workers {
            self.send_to(queue);
        }
        self.accept = Some(format!(
            "INSERT INTO tasker.tasks (id, correlation_id, workflow, namespace, context, state)
             VALUES (gen_random_uuid(), 'probe', 'probe', 'probe', '{{}}', 'pending');
             INSERT INTO tasker.transitions (task_id, to_state)
             SELECT id, state FROM tasker.tasks WHERE correlation_id = 'probe';
             SELECT pgmq.send('{requests}', '{{}}'::jsonb, 0)"
        ));
    }

    /// What a worker does.
    pub fn add_worker(&mut self, results: &str, queue: &str) {
        for table in ["tasker.tasks", "tasker.steps", "tasker.edges"] {
            self.select(table);
        }
        self.update("tasker.steps", STEP_COLUMNS);
        self.insert("tasker.transitions", "task_id, step_id, from_state, to_state");
        self.call("pgmq.send", "'', '{}'::jsonb, 0");
        self.call("pgmq.set_vt", "'', 0, 0");
        self.receive_from(queue);
        self.send_to(results);
    }

    fn receive_from(&mut self, queue: &str) {
        self.call("pgmq.read", "'', 0, 0");
        self.call("pgmq.delete", "'', 0::bigint");
        self.call("pgmq.archive", "'', 0::bigint");
        let table = format!("pgmq.q_{queue}");
        self.select(&table);
        self.update(&table, "vt");
        self.add(format!("delete from `{table}`"), format!("DELETE FROM {table} WHERE false"));
        self.insert(&format!("pgmq.a_{queue}"), "vt, message");
    }

    fn send_to(&mut self, queue: &str) {
        self.insert(&format!("pgmq.q_{queue}"), "vt, message");
    }

    fn select(&mut self, table: &str) {
        self.add(format!("select from `{table}`"), format!("SELECT FROM {table} WHERE false"));
    }

    fn insert(&mut self, table: &str, columns: &str) {
        let insert =
            format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE false");
        self.add(format!("insert into `{table}`"), insert);
    }

    fn update(&mut self, table: &str, columns: &str) {
        let set: Vec<_> =
            columns.split(", ").map(|column| format!("{column} = {column}")).collect();
        let update = format!("UPDATE {table} SET {} WHERE false", set.join(", "));
        self.add(format!("update `{table}`"), update);
    }

    fn call(&mut self, function: &str, arguments: &str) {
        let call = format!("SELECT {function}({arguments}) WHERE false");
        self.add(format!("call `{function}`"), call);
    }

    fn add(&mut self, what: String, statement: String) {
        if self.statements.iter().all(|(_, known)| *known != statement) {
            self.statements.push((what, statement));
        }
    }
}

impl Probe {
    /// Tries for as long as it is polled.
    pub async fn run(self) {
        loop {
            let found = self.find().await;
            self.health.probed(found);
            let (pause, soon) = PAUSES;
            if self.health.is_well() {
                tokio::select! {
                    () = sleep(pause) => {}
                    () = self.health.suspicion() => {}
                }
            } else {
                sleep(soon).await;
            }
        }
    }

    /// The reason why the process cannot do what it has to do.
    async fn find(&self) -> Option<Problem> {
        for (name, pool) in &self.pools {
            if let Err(error) = first_answer(pool).await {
                return Some(Problem::of_everything(self.why_without(name, error).await));
            }
        }
        let (name, pool) = self.pools.first()?;
        let refused = match self.refused(pool).await {
            Ok(refused) => refused,
            Err(error) => {
                return Some(Problem::of_everything(self.why_without(name, error).await));
            }
        };
        self.accept(pool).await;
        let (_, first) = refused.first()?;
        let same: Vec<_> = refused.iter().filter(|(_, reason)| reason == first).collect();
        let named: Vec<_> = same.iter().take(MOST_NAMED).map(|(what, _)| *what).collect();
        let more = match refused.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let what = format!("cannot {}{more}", named.join(", "));
        Some(Problem { what, reason: first.clone(), is_needed: true })
    }

    /// Why a pool has no connection that answers: what the server says to a connection beside it.
    async fn why_without(&self, pool: &str, error: Error) -> String {
        if !matches!(error, Error::PoolTimedOut) {
            return reason(&error);
        }
        let (_, limit) = LIMITS;
        match timeout(limit, without_panic(self.options.connect())).await {
            Ok(Ok(connection)) => {
                let _ = timeout(limit, connection.close()).await;
                format!("the pool `{pool}` has no connection: all are in use, or do not answer")
            }
            Ok(Err(error)) => reason(&error),
            Err(_) => reason(&no_answer_within(limit)),
        }
    }

    /// What is refused, with the reason of each.
    async fn refused(&self, pool: &PgPool) -> Result<Vec<(&str, String)>, Error> {
        let statements = &self.rights.statements;
        let all: Vec<_> = statements.iter().map(|(_, statement)| statement.as_str()).collect();
        if attempt(pool, &all.join("; ")).await.is_ok() {
            return Ok(Vec::new());
        }
        let mut refused = Vec::new();
        for (what, statement) in statements {
            match attempt(pool, statement).await {
                Ok(()) => {}
                Err(Error::Database(error)) => {
                    let said = Excerpt::of_message(error.message()).to_string();
                    refused.push((what.as_str(), said));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(refused)
    }

    /// Tries to accept a task, where that fails: nobody else may try it while the process is not
    /// ready.
    async fn accept(&self, pool: &PgPool) {
        let Some(accept) = &self.rights.accept else { return };
        if self.health.is_failing(Use::AcceptTasks) {
            match attempt(pool, accept).await {
                Ok(()) => self.health.succeeded(Use::AcceptTasks),
                Err(_) => self.health.still(Use::AcceptTasks),
            }
        }
    }
}

async fn first_answer(pool: &PgPool) -> Result<(), Error> {
    let (_, limit) = LIMITS;
    without_panic(async {
        let mut connection = pool.acquire().await?;
        let answer = timeout(limit, connection.execute("SELECT 1")).await;
        answer.unwrap_or_else(|_| Err(no_answer_within(limit))).map(drop)
    })
    .await
}

/// Executes statements in a transaction that is rolled back.
async fn attempt(pool: &PgPool, statements: &str) -> Result<(), Error> {
    let (lock, limit) = LIMITS;
    let all = format!("{lock}; {statements}");
    let attempt = without_panic(async {
        let mut transaction: Transaction<'_, Postgres> = pool.begin().await?;
        sqlx::raw_sql(AssertSqlSafe(all)).execute(&mut *transaction).await?;
        transaction.rollback().await
    });
    timeout(limit, attempt).await.unwrap_or_else(|_| Err(no_answer_within(limit)))
}
