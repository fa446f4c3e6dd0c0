//! osapi: an API and two agents over NATS.

use std::path::Path;

use osapi_metrics_tests::servers::{self, NatsServer, PrometheusServer};
use serde_json::{Value, json};

use super::{Outcome, once, seen};
use crate::{
    application::{Application, program},
    patience::until,
};

/// The processes. They end in the order of the fields, the server last.
pub(crate) struct Osapi {
    api: Application,
    agents: [Application; 2],
    nats: NatsServer,
}

impl Osapi {
    /// Starts everything; `None` where something is missing.
    pub(crate) async fn start() -> Option<Self> {
        let (program, nats) = (program("osapi")?, servers::nats()?);
        let url = nats.url();
        let api = Application::start(&program, &["api", "--nats", &url], &[]).await;
        let agents =
            [agent(&program, &url, "agent-1").await, agent(&program, &url, "agent-2").await];
        Some(Self { api, agents, nats })
    }

    /// The processes that serve metrics.
    pub(crate) fn applications(&self) -> impl Iterator<Item = &Application> {
        [&self.api].into_iter().chain(&self.agents)
    }

    /// The first agent.
    pub(crate) fn first_agent(&mut self) -> &mut Application {
        &mut self.agents[0]
    }

    /// Runs each operation, fails once, and loses NATS for a while.
    pub(crate) async fn work(&mut self, prometheus: &PrometheusServer) {
        let operations = [
            ("dns.resolve", json!({"host": "127.0.0.1"}), "completed"),
            ("node.hostname", json!({}), "completed"),
            ("node.uptime", json!({}), "completed"),
            ("node.memory", json!({}), "completed"),
            ("node.disk", json!({}), "completed"),
            ("node.load", json!({}), "completed"),
            ("file.sha256", json!({"path": env!("CARGO_MANIFEST_PATH")}), "completed"),
            ("file.sha256", json!({"path": "no/such/file"}), "failed"),
            ("process.list", json!({"limit": 5}), "completed"),
            ("wait", json!({"millis": 10}), "completed"),
        ];
        for (operation, args, status) in &operations {
            self.run(operation, args, status).await;
        }
        // A histogram of an agent begins with its first value, and increases with the next.
        for (operation, args, status) in &operations {
            let increase = format!(
                "sum(increase(osapi_job_queue_wait_seconds_count{{job_name=\"{operation}\"}}[15m])) > 0"
            );
            until(&increase, async || {
                self.run(operation, args, status).await;
                !prometheus.query(&increase).is_empty()
            })
            .await;
        }
        // Jobs that run at the time of a scrape, while a request waits for their end.
        let active = "max(max_over_time(osapi_jobs_active[1h])) > 0 \
                      and max(max_over_time(osapi_job_oldest_active_seconds[1h])) >= 0";
        until(active, async || {
            let wait = json!({"operation": "wait", "args": {"millis": 1_000}});
            let id = self.api.submit("/jobs", &wait).await;
            once(&self.api, &path(&id), |record| record["status"] == "completed").await;
            !prometheus.query(active).is_empty()
        })
        .await;
        seen(prometheus, "min(osapi_agents_connected) == 2").await;

        self.nats.kill();
        seen(prometheus, "sum(osapi_nats_connected) == 0").await;
        self.nats.start_again();
        seen(prometheus, "min(osapi_nats_reconnects_total) > 0").await;
        seen(prometheus, "sum(osapi_nats_connected) == 3").await;
    }

    /// Runs jobs of the handlers that have an objective.
    pub(crate) async fn attempt(&self, outcome: Outcome) {
        // No label of a host name is longer than 63 characters.
        let (path, host, status) = match outcome {
            Outcome::Good => (env!("CARGO_MANIFEST_PATH"), "localhost".to_owned(), "completed"),
            Outcome::Bad => ("no/such/file", "h".repeat(64), "failed"),
        };
        let mut ids = Vec::new();
        for _ in 0..20 {
            for (operation, args) in
                [("file.sha256", json!({"path": path})), ("dns.resolve", json!({"host": host}))]
            {
                let job = json!({"operation": operation, "args": args});
                ids.push(self.api.submit("/jobs", &job).await);
            }
        }
        for id in ids {
            once(&self.api, &self::path(&id), |record| record["status"] == status).await;
        }
    }

    /// Runs an operation to its end.
    async fn run(&self, operation: &str, args: &Value, status: &str) {
        let job = json!({"operation": operation, "args": args});
        let id = self.api.submit("/jobs", &job).await;
        let record = once(&self.api, &path(&id), |record| record["status"] == status).await;
        assert_eq!(record["status"], status, "{operation}: {record:#}");
    }
}

async fn agent(program: &Path, nats: &str, name: &str) -> Application {
    Application::start(program, &["agent", "--nats", nats, "--name", name], &[]).await
}

/// The record of a job, once it is over or a while has passed.
fn path(id: &str) -> String {
    format!("/jobs/{id}?wait=5s")
}
