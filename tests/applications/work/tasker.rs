//! tasker: the API, the orchestration and its workers over PostgreSQL, with small channels and
//! breakers that open soon.

use std::{fs, path::PathBuf};

use osapi_common::postgres::{PostgresOptions, PrivatePostgres};
use osapi_metrics_tests::servers::{self, PrometheusServer};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool, postgres::PgPoolOptions};
use tempfile::TempDir;

use super::{Outcome, once, seen};
use crate::{
    application::{Application, program, run},
    patience::until,
};

/// Intervals that are shorter than in real use. Steps that are to be tried again are looked for
/// seldom, so that some are ready and not enqueued.
const CONFIG: &str = r#"
api.request_timeout = "1s"
pools.web.acquire_timeout = "300ms"
pools.orchestration.acquire_timeout = "300ms"
pools.worker.acquire_timeout = "300ms"
orchestration.poll_interval = "100ms"
orchestration.scan_interval = "2s"
orchestration.sample_interval = "100ms"
orchestration.visibility_timeout = "5s"
worker.poll_interval = "200ms"
worker.visibility_timeout = "2s"
channels.orchestration_command = 20
channels.pgmq_notifications = 20
channels.ffi_completions = 1
breakers.web.failure_threshold = 3
breakers.web.open_for = "500ms"
breakers.task_readiness.failure_threshold = 3
breakers.task_readiness.open_for = "500ms"
breakers.pgmq.failure_threshold = 3
breakers.pgmq.open_for = "500ms"
breakers.ffi_completion.failure_threshold = 1
breakers.ffi_completion.open_for = "500ms"
"#;

/// The processes. They end in the order of the fields, the server last.
pub(crate) struct Tasker {
    program: PathBuf,
    whole: Application,
    tables: PgPool,
    postgres: PrivatePostgres,
    config: String,
    _folder: TempDir,
}

impl Tasker {
    /// Starts everything; `None` where something is missing.
    pub(crate) async fn start() -> Option<Self> {
        let program = program("tasker")?;
        let postgres = servers::postgres_with(&PostgresOptions {
            fsync: false,
            settings: vec![("max_connections".to_owned(), "200".to_owned())],
            ..PostgresOptions::default()
        })?;
        let folder = TempDir::new().expect("a temporary folder");
        let config = folder.path().join("tasker.toml");
        fs::write(&config, CONFIG).expect("a file in a temporary folder");
        let (url, config) = (postgres.url(), config.to_str().expect("UTF-8").to_owned());
        let arguments = ["--database", &url, "--config", &config];
        let whole = Application::start(&program, &arguments, &[]).await;
        let tables = PgPoolOptions::new().max_connections(4).connect_lazy(&url).expect("a URL");
        Some(Self { program, whole, tables, postgres, config, _folder: folder })
    }

    /// The processes that serve metrics.
    pub(crate) fn applications(&self) -> impl Iterator<Item = &Application> {
        [&self.whole].into_iter()
    }

    /// The process, with all parts.
    pub(crate) fn whole(&mut self) -> &mut Application {
        &mut self.whole
    }

    /// Verifies the system, runs each workflow, lets the database refuse and end, and makes the
    /// channels full. A step still runs at the end.
    pub(crate) async fn work(&mut self, prometheus: &PrometheusServer) {
        self.verify(prometheus).await;
        let long = self.submit("faults.wait", &json!({"millis": 60_000})).await;
        self.is_running(&long).await;
        self.run_workflows(prometheus).await;
        self.claim_in_both_ways(prometheus).await;
        self.fail_around_handlers(&long, prometheus).await;
        self.fill_channels(prometheus).await;
        self.hold_completions(prometheus).await;
        self.lose_the_database(prometheus).await;
        // The age of the queues is absent where they are empty.
        let last = self.submit("faults.wait", &json!({"millis": 60_000})).await;
        self.is_running(&last).await;
    }

    /// Runs tasks whose steps end in this way.
    pub(crate) async fn attempt(&self, outcome: Outcome) {
        let (workflow, context, state) = match outcome {
            Outcome::Good => ("math.linear", json!({"number": 2}), "complete"),
            Outcome::Bad => ("faults.fail", json!({}), "error"),
        };
        let mut ids = Vec::new();
        for _ in 0..20 {
            ids.push(self.submit(workflow, &context).await);
        }
        for id in ids {
            self.ends(&id, state).await;
        }
    }

    /// Goes through the checklist of tasker, with the numbers that Prometheus has.
    async fn verify(&self, prometheus: &PrometheusServer) {
        let prometheus = format!("http://{}", prometheus.address());
        let arguments = ["verify", "--prometheus", &prometheus, "--api", self.whole.base()];
        let files = ["--log", self.whole.log(), "--config", &self.config];
        run(&self.program, &[&arguments[..], &files].concat()).await;
    }

    async fn run_workflows(&self, prometheus: &PrometheusServer) {
        let work: [(&str, Value, &str); 8] = [
            ("math.tree", json!({"number": 2}), "complete"),
            ("math.diamond", json!({"number": 2}), "complete"),
            ("files.digest", json!({"path": env!("CARGO_MANIFEST_PATH")}), "complete"),
            ("files.rows", json!({"rows": 10}), "complete"),
            ("faults.retry", json!({"failures": 1}), "complete"),
            ("faults.fail", json!({}), "error"),
            ("faults.timeout", json!({"millis": 60_000}), "error"),
            ("faults.skip", json!({"skip": true}), "complete"),
        ];
        for (workflow, context, state) in work {
            let id = self.submit(workflow, &context).await;
            self.ends(&id, state).await;
        }
        let id = self.submit("faults.wait", &json!({"millis": 60_000})).await;
        self.is_running(&id).await;
        until("the task is cancelled", async || {
            let (status, _) = self.whole.post(&format!("/v1/tasks/{id}/cancel"), &json!({})).await;
            status == 202
        })
        .await;
        self.ends(&id, "cancelled").await;

        // Programs that run at the time of a scrape, and steps that wait for their next attempt.
        let digest = json!({"path": env!("CARGO_MANIFEST_PATH")});
        let busy =
            "max(max_over_time(tasker_steps_active_executions{handler_type=\"ruby\"}[1h])) > 0";
        self.repeat("files.digest", &digest, prometheus, busy).await;
        let ready = "max(max_over_time(tasker_steps_ready[1h])) > 0";
        self.repeat("faults.retry", &json!({"failures": 1}), prometheus, ready).await;
    }

    async fn claim_in_both_ways(&self, prometheus: &PrometheusServer) {
        let claimed = |method| {
            format!(
                "sum(tasker_steps_claimed_total{{namespace=\"math\",claim_method=\"{method}\"}}) > 0"
            )
        };
        let context = json!({"number": 2});
        self.execute("SELECT pgmq.disable_notify_insert('worker_math_queue')").await;
        self.repeat("math.linear", &context, prometheus, &claimed("poll")).await;
        self.execute("SELECT pgmq.enable_notify_insert('worker_math_queue', 0)").await;
        self.repeat("math.linear", &context, prometheus, &claimed("event")).await;
    }

    /// The database refuses some changes, and messages come that no worker can use.
    async fn fail_around_handlers(&self, long: &str, prometheus: &PrometheusServer) {
        let failed = async |error_type: &str| {
            let sum =
                format!("sum(tasker_steps_failures_total{{error_type=\"{error_type}\"}}) > 0");
            seen(prometheus, &sum).await;
        };
        self.execute(REFUSAL).await;
        self.execute(&refuse("INSERT", "tasker.rows")).await;
        let rows = self.submit("files.rows", &json!({"rows": 3})).await;
        failed("database_error").await;
        self.execute(&accept("tasker.rows")).await;
        self.is_over(&rows).await;

        self.execute(&refuse("DELETE", "pgmq.q_worker_math_queue")).await;
        let linear = self.submit("math.linear", &json!({"number": 2})).await;
        self.ends(&linear, "complete").await;
        failed("message_deletion_failed").await;
        self.execute(&accept("pgmq.q_worker_math_queue")).await;

        let unknown = json!({"task": long, "step": -1, "attempt": 1, "correlation_id": "none"});
        self.execute(&format!("SELECT pgmq.send('worker_math_queue', '{unknown}')")).await;
        failed("step_not_found").await;

        // A second message for the long step, whose worker holds it.
        self.execute(
            "SELECT pgmq.send('worker_faults_queue', message) FROM pgmq.q_worker_faults_queue
             WHERE vt > now() LIMIT 1",
        )
        .await;
        failed("claim_failed").await;
        for counted in ["visibility_timeouts", "retry_attempts", "errors"] {
            seen(prometheus, &format!("tasker_queue_{counted}_total > 0")).await;
        }
    }

    /// Nobody can write steps, so that requests wait in the channels.
    async fn fill_channels(&self, prometheus: &PrometheusServer) {
        let mut lock = self.tables.begin().await.expect("a transaction");
        let statement = "LOCK TABLE tasker.steps IN EXCLUSIVE MODE";
        sqlx::query(statement).execute(&mut *lock).await.expect("a lock");
        let mut ids = Vec::new();
        for _ in 0..80 {
            ids.push(self.submit("math.diamond", &json!({"number": 2})).await);
        }
        for channel in ["orchestration_command", "pgmq_notifications"] {
            for metric in ["full_events_total", "usage_percent"] {
                let labels = format!("{{channel=\"{channel}\",component=\"orchestration\"}}");
                seen(prometheus, &format!("mpsc_channel_{metric}{labels} > 0")).await;
            }
        }
        drop(lock);
        for id in ids {
            self.ends(&id, "complete").await;
        }
    }

    /// The results of external programs cannot be submitted, so that the handler thread waits:
    /// until a rate has seen the time that sends wait, which may be recorded between two scrapes
    /// alone.
    async fn hold_completions(&self, prometheus: &PrometheusServer) {
        let waits = "sum(rate(osapi_channel_wait_seconds_count[15s]))";
        let waited = format!("max_over_time({waits}[10m:250ms]) > 0");
        until("a rate has seen sends that waited", async || {
            self.hold_completions_once(prometheus).await;
            !prometheus.query(&waited).is_empty()
        })
        .await;
    }

    async fn hold_completions_once(&self, prometheus: &PrometheusServer) {
        let mut lock = self.tables.begin().await.expect("a transaction");
        let statement = "SELECT pg_advisory_xact_lock(1)";
        sqlx::query(statement).execute(&mut *lock).await.expect("a lock");
        self.execute(HOLD).await;
        let digest = json!({"path": env!("CARGO_MANIFEST_PATH")});
        let mut ids = Vec::new();
        for _ in 0..6 {
            ids.push(self.submit("files.digest", &digest).await);
        }
        seen(prometheus, "ffi_completion_slow_sends_total > 0").await;
        seen(prometheus, "ffi_completion_circuit_open_rejections_total > 0").await;
        let breaker = "tasker_circuit_breaker_state{component=\"ffi_completion\"}";
        seen(prometheus, &format!("{breaker} == 2")).await;
        drop(lock);
        for id in ids {
            self.ends(&id, "complete").await;
        }
        seen(prometheus, &format!("{breaker} == 0")).await;
        self.execute("DROP TRIGGER hold ON pgmq.q_orchestration_step_results").await;
    }

    /// The breakers open, the API rejects requests, and everything goes on afterwards.
    async fn lose_the_database(&mut self, prometheus: &PrometheusServer) {
        self.postgres.kill();
        let body = json!({"workflow": "faults.fail", "context": {}});
        until("the breaker rejects a request", async || {
            let (status, answer) = self.whole.post("/v1/tasks", &body).await;
            assert_eq!(status, 503, "{answer}");
            answer["error"]["code"] == "breaker_open"
        })
        .await;
        let breakers = [
            "api_circuit_breaker_state",
            "tasker_circuit_breaker_state{component=\"pgmq\"}",
            "tasker_circuit_breaker_state{component=\"task_readiness\"}",
        ];
        for breaker in breakers {
            until(&format!("{breaker} is open"), async || {
                // The breaker of the API opens again only if somebody asks.
                self.whole.post("/v1/tasks", &body).await;
                !prometheus.query(&format!("max_over_time({breaker}[1h]) == 2")).is_empty()
            })
            .await;
        }
        // The breakers wait for their next call: that of the API, because nobody asks.
        seen(prometheus, "api_circuit_breaker_state == 1").await;
        let readiness = "tasker_circuit_breaker_state{component=\"task_readiness\"} == 1";
        seen(prometheus, readiness).await;
        self.postgres.start_again().expect("PostgreSQL starts again");
        let id = self.submit("math.diamond", &json!({"number": 3})).await;
        self.ends(&id, "complete").await;
        for breaker in breakers {
            seen(prometheus, &format!("{breaker} == 0")).await;
        }
    }

    /// Runs tasks, several at a time, until a query has a result.
    async fn repeat(
        &self,
        workflow: &str,
        context: &Value,
        prometheus: &PrometheusServer,
        query: &str,
    ) {
        until(query, async || {
            let mut ids = Vec::new();
            for _ in 0..8 {
                ids.push(self.submit(workflow, context).await);
            }
            for id in ids {
                self.ends(&id, "complete").await;
            }
            !prometheus.query(query).is_empty()
        })
        .await;
    }

    async fn submit(&self, workflow: &str, context: &Value) -> String {
        self.whole.submit("/v1/tasks", &json!({"workflow": workflow, "context": context})).await
    }

    async fn is_running(&self, id: &str) {
        let path = format!("/v1/tasks/{id}");
        once(&self.whole, &path, |task| task["steps"][0]["state"] == "in_progress").await;
    }

    /// The task when it is over.
    async fn is_over(&self, id: &str) -> Value {
        const ENDS: [&str; 3] = ["complete", "error", "cancelled"];
        let is_over = |task: &Value| ENDS.iter().any(|end| task["state"] == *end);
        once(&self.whole, &format!("/v1/tasks/{id}"), is_over).await
    }

    async fn ends(&self, id: &str, state: &str) {
        let task = self.is_over(id).await;
        assert_eq!(task["state"], state, "{task:#}");
    }

    /// Executes statements.
    async fn execute(&self, statements: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(statements)).execute(&self.tables).await;
        done.unwrap_or_else(|error| panic!("{statements}: {error}"));
    }
}

const REFUSAL: &str = "
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$";

/// The results of external programs wait for a lock.
const HOLD: &str = "
    CREATE OR REPLACE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.message -> 'output' ? 'cksum' THEN PERFORM pg_advisory_xact_lock(1); END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER hold BEFORE INSERT ON pgmq.q_orchestration_step_results
        FOR EACH ROW EXECUTE FUNCTION hold()";

/// Statements that have the database refuse changes of a table.
fn refuse(change: &str, table: &str) -> String {
    format!("CREATE TRIGGER refusal BEFORE {change} ON {table} EXECUTE FUNCTION refuse()")
}

fn accept(table: &str) -> String {
    format!("DROP TRIGGER refusal ON {table}")
}
