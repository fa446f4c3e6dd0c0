//! job-queue: an API and two workers over Redis, on a machine with GPUs.

use std::iter::once as one;

use osapi_common::redis::PrivateRedis;
use osapi_metrics_tests::servers::{self, PrometheusServer};
use serde_json::{Value, json};

use super::{Outcome, machine::Machine, once, seen};
use crate::{
    application::{Application, program},
    patience::until,
};

const OVER: [&str; 5] = ["completed", "failed", "cancelled", "timed_out", "unworkable"];

/// The processes. They end in the order of the fields, the server last.
pub(crate) struct JobQueue {
    api: Application,
    workers: Vec<Application>,
    machine: Machine,
    redis: PrivateRedis,
}

impl JobQueue {
    /// Starts everything; `None` where something is missing.
    pub(crate) async fn start() -> Option<Self> {
        let (program, redis) = (program("job-queue")?, servers::redis()?);
        let (machine, url) = (Machine::new(), redis.url());
        let (workspace, nvml) = (machine.workspace(), machine.nvml());
        let variables = machine.variables();
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, &**value)).collect();
        let common = ["--redis", &url, "--workspace", &workspace, "--nvml", &nvml];
        let arguments = [&["api", "--unworkable-after", "1h"], &common[..]].concat();
        let api = Application::start(&program, &arguments, &variables).await;
        let mut workers = Vec::new();
        for name in ["worker-1", "worker-2"] {
            let own = ["worker", "--name", name, "--api", api.base()];
            let arguments = [&own[..], &common].concat();
            workers.push(Application::start(&program, &arguments, &variables).await);
        }
        Some(Self { api, workers, machine, redis })
    }

    /// The processes that serve metrics.
    pub(crate) fn applications(&self) -> impl Iterator<Item = &Application> {
        one(&self.api).chain(&self.workers)
    }

    /// The folder whose space is shown.
    pub(crate) fn workspace(&self) -> String {
        self.machine.workspace()
    }

    /// The first worker.
    pub(crate) fn first_worker(&mut self) -> &mut Application {
        &mut self.workers[0]
    }

    /// Runs jobs of each service with each priority, fails in each way, and loses Redis for a
    /// while.
    pub(crate) async fn work(&mut self, prometheus: &PrometheusServer) {
        let mut jobs = Vec::new();
        for (service, payload) in [
            ("simulation", json!({"millis": 1, "output_bytes": 1_000})),
            ("hash", json!({"text": "digest me"})),
            ("compress", json!({"bytes": 10_000})),
            ("image", json!({"width": 8, "height": 8})),
        ] {
            for priority in ["low", "normal", "high", "critical"] {
                let job = json!({"service": service, "priority": priority, "payload": payload});
                jobs.push((self.api.submit("/jobs", &job).await, "completed"));
            }
        }
        for (kind, priority, state) in [
            ("timeout", "low", "timed_out"),
            ("memory", "normal", "failed"),
            ("network", "high", "failed"),
            ("connection", "critical", "failed"),
            ("unknown", "normal", "failed"),
        ] {
            let job = json!({
                "service": "simulation",
                "priority": priority,
                "payload": {"fail": kind},
                "timeout": "500ms",
                "retries": 0,
            });
            jobs.push((self.api.submit("/jobs", &job).await, state));
        }
        for (id, state) in jobs {
            self.ends(&id, state).await;
        }

        // A job that nobody can run waits in the queue, and another one runs.
        let mut job = json!({"service": "simulation", "payload": {"millis": 1}});
        job["requirements"] = json!({"quantum": "yes"});
        self.api.submit("/jobs", &job).await;
        let payload = json!({"millis": 3_600_000});
        let long = json!({"service": "simulation", "payload": payload, "timeout": "1h"});
        self.api.submit("/jobs", &long).await;
        seen(prometheus, "max(queue_size) == 1").await;
        seen(prometheus, "sum(jobs_active) == 1").await;
        for (status, jobs) in [("started", 22), ("completed", 16), ("failed", 5)] {
            let sum = format!("sum(jobs_processed_total{{status=\"{status}\"}}) == {jobs}");
            seen(prometheus, &sum).await;
        }
        self.repeat(prometheus).await;

        // The alert looks for the last value each 15 s.
        seen(prometheus, "max_over_time(timestamp(queue_size)[1h:15s])").await;
        // The queue cannot be read, so its levels are absent.
        self.redis.kill();
        let stale = "ALERTS{alertname=\"QueueSizeStale\",alertstate=\"firing\"}";
        seen(prometheus, stale).await;
        self.redis.start_again().expect("redis-server has been started before");
        until("the queue is read again", async || prometheus.query(stale).is_empty()).await;
    }

    /// A series of a worker begins with its first value, and increases with the next: runs jobs
    /// until some have.
    async fn repeat(&self, prometheus: &PrometheusServer) {
        let output = json!({"millis": 1, "output_bytes": 1_000});
        for (payload, state, counted) in [
            (output, "completed", "job_output_size_bytes_count"),
            (json!({"fail": "unknown"}), "failed", "jobs_processed_total{status=\"failed\"}"),
        ] {
            let increase = format!("sum(increase({counted}[5m])) > 0");
            let job = json!({"service": "simulation", "payload": payload, "retries": 0});
            until(&increase, async || {
                let id = self.api.submit("/jobs", &job).await;
                self.ends(&id, state).await;
                !prometheus.query(&increase).is_empty()
            })
            .await;
        }
    }

    /// Runs jobs that end in this way.
    pub(crate) async fn attempt(&self, outcome: Outcome) {
        let (payload, state) = match outcome {
            Outcome::Good => (json!({"millis": 1}), "completed"),
            Outcome::Bad => (json!({"fail": "unknown"}), "failed"),
        };
        let job = json!({"service": "simulation", "payload": payload, "retries": 0});
        let mut ids = Vec::new();
        for _ in 0..20 {
            ids.push(self.api.submit("/jobs", &job).await);
        }
        for id in ids {
            self.ends(&id, state).await;
        }
    }

    async fn ends(&self, id: &str, state: &str) {
        let is_over = |record: &Value| OVER.iter().any(|over| record["state"] == *over);
        let record = once(&self.api, &format!("/jobs/{id}?wait=10s"), is_over).await;
        assert_eq!(record["state"], state, "{record:#}");
    }
}
