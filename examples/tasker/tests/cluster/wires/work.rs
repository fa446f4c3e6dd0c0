//! Work that records every metric, with every value of its closed labels.

use serde_json::{Value, json};

use crate::support::{Cluster, Settings, until};

const FAILURES: &str = "tasker_steps_failures_total";
const CLAIMED: &str = "tasker_steps_claimed_total";

/// The long step that goes on.
pub(super) struct Work<'a> {
    cluster: &'a Cluster,
    long: String,
}

impl<'a> Work<'a> {
    /// Small channels, which get full, and a breaker that opens when the API waits in vain.
    pub(super) fn settings() -> Settings {
        Settings::quick()
            .with("channels.orchestration_command", 1)
            .with("channels.pgmq_notifications", 1)
            .with("api.request_timeout", "300ms")
            .with("breakers.web.failure_threshold", 2)
            .with("breakers.web.open_for", "1s")
    }

    /// Does all of it. A step still runs at the end, so that gauges have values.
    pub(super) async fn begin(cluster: &'a Cluster) -> Self {
        let api = cluster.api();
        let long = api.submit("faults.wait", &json!({"millis": 60_000})).await;
        api.running(&long).await;
        let work = Self { cluster, long };
        work.run_workflows().await;
        work.claim_in_both_ways().await;
        work.fail_around_handlers().await;
        work.reject_requests().await;
        cluster.reaches("mpsc_channel_full_events_total", &[], 1.0).await;
        cluster.reaches("tasker_queue_visibility_timeouts_total", &[], 1.0).await;
        cluster.reaches("tasker_queue_retry_attempts_total", &[], 1.0).await;
        cluster.reaches("tasker_queue_errors_total", &[], 1.0).await;
        work
    }

    /// Ends the long step.
    pub(super) async fn end(self) {
        let api = self.cluster.api();
        until("the task can be cancelled", async || api.cancel(&self.long).await.0 == 202).await;
        assert_eq!(api.ended(&self.long).await["state"], "cancelled");
        self.cluster.tables.all_over().await;
        self.cluster.tables.everything_ended_once().await;
    }

    async fn run_workflows(&self) {
        let api = self.cluster.api();
        let work: [(&str, Value, &str); 7] = [
            ("math.tree", json!({"number": 2}), "complete"),
            ("files.digest", json!({"path": env!("CARGO_MANIFEST_PATH")}), "complete"),
            ("files.rows", json!({"rows": 10}), "complete"),
            ("faults.retry", json!({"failures": 1}), "complete"),
            ("faults.fail", json!({}), "error"),
            ("faults.timeout", json!({"millis": 60_000}), "error"),
            ("faults.skip", json!({"skip": true}), "complete"),
        ];
        for (workflow, context, state) in work {
            let task = api.run(workflow, &context).await;
            assert_eq!(task["state"], state, "{task:#}");
        }
        let id = api.submit("faults.wait", &json!({"millis": 60_000})).await;
        api.running(&id).await;
        api.cancel(&id).await;
        assert_eq!(api.ended(&id).await["state"], "cancelled");
        for id in api.submit_all(50, "math.linear", &json!({"number": 2})).await {
            assert_eq!(api.ended(&id).await["state"], "complete");
        }
    }

    async fn claim_in_both_ways(&self) {
        let (api, tables) = (self.cluster.api(), &self.cluster.tables);
        let context = json!({"number": 2});
        tables.run("SELECT pgmq.disable_notify_insert('worker_math_queue')").await;
        api.run("math.linear", &context).await;
        self.cluster.reaches(CLAIMED, &[r#"claim_method="poll""#], 4.0).await;
        tables.run("SELECT pgmq.enable_notify_insert('worker_math_queue', 0)").await;
        until("a step is claimed after a notification", async || {
            api.run("math.linear", &context).await;
            self.cluster.total(CLAIMED, &[r#"claim_method="event""#]).await > 0.0
        })
        .await;
    }

    async fn fail_around_handlers(&self) {
        let (api, tables) = (self.cluster.api(), &self.cluster.tables);
        tables.run(REFUSAL).await;

        tables.run(&refuse("INSERT", "tasker.rows")).await;
        let rows = api.submit("files.rows", &json!({"rows": 3})).await;
        self.failed("database_error").await;
        tables.run(&accept("tasker.rows")).await;
        let task = api.ended(&rows).await;
        assert!(task["state"] == "complete" || task["state"] == "error", "{task:#}");

        tables.run(&refuse("DELETE", "pgmq.q_worker_math_queue")).await;
        let linear = api.submit("math.linear", &json!({"number": 2})).await;
        assert_eq!(api.ended(&linear).await["state"], "complete");
        self.failed("message_deletion_failed").await;
        tables.run(&accept("pgmq.q_worker_math_queue")).await;

        let unknown =
            json!({"task": self.long, "step": -1, "attempt": 1, "correlation_id": "none"});
        tables.run(&format!("SELECT pgmq.send('worker_math_queue', '{unknown}')")).await;
        self.failed("step_not_found").await;

        // A second message for the long step, whose worker holds it.
        tables
            .run(
                "SELECT pgmq.send('worker_faults_queue', message) FROM pgmq.q_worker_faults_queue
                 WHERE vt > now() LIMIT 1",
            )
            .await;
        self.failed("claim_failed").await;
    }

    async fn failed(&self, error_type: &str) {
        let label = format!(r#"error_type="{error_type}""#);
        self.cluster.reaches(FAILURES, &[&label], 1.0).await;
    }

    /// Nobody can read the tasks, so that the breaker of the API opens.
    async fn reject_requests(&self) {
        let lock = self.cluster.tables.lock("tasker.tasks", "ACCESS EXCLUSIVE").await;
        let api = self.cluster.api();
        until("the breaker rejects a request", async || {
            let (status, body) = api.get(&self.long).await;
            assert_eq!(status, 503, "{body}");
            body["error"]["code"] == "breaker_open"
        })
        .await;
        drop(lock);
        until("the API answers again", async || api.get(&self.long).await.0 == 200).await;
    }
}

const REFUSAL: &str = "
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$";

/// Statements that have the database refuse changes of a table.
fn refuse(change: &str, table: &str) -> String {
    format!("CREATE TRIGGER refusal BEFORE {change} ON {table} EXECUTE FUNCTION refuse()")
}

fn accept(table: &str) -> String {
    format!("DROP TRIGGER refusal ON {table}")
}
