//! Work that records every metric, with every value of its closed labels.

use serde_json::{Value, json};

use crate::support::{Api, EventClient, Program, simulation, until};

/// A job that runs, a job that nobody can run, and a client of events.
pub(crate) struct Work {
    api: Api,
    running: String,
    waiting: String,
    events: EventClient,
}

/// The jobs that complete.
pub(crate) const COMPLETED: f64 = 17.0;

/// How many jobs fail with each type of error.
pub(crate) const FAILED: [(&str, f64); 5] =
    [("timeout", 1.0), ("memory", 1.0), ("network", 1.0), ("connection", 1.0), ("unknown", 2.0)];

impl Work {
    /// Does all of it. One job still runs and one waits at the end, so that gauges have values.
    ///
    /// The process needs `--unworkable-after 1h`.
    pub(crate) async fn begin(program: &Program) -> Self {
        program.is_ready().await;
        let api = program.api();
        let events = EventClient::connect(program, "").await;
        for (service, payload) in [
            ("simulation", json!({"millis": 1, "output_bytes": 1_000})),
            ("hash", json!({"text": "digest me"})),
            ("compress", json!({"bytes": 10_000})),
            ("image", json!({"width": 8, "height": 8})),
        ] {
            for priority in ["low", "normal", "high", "critical"] {
                let job = json!({"service": service, "priority": priority, "payload": payload});
                Self::ends(&api, &job, "completed").await;
            }
        }
        // The model of the images is in the cache of the process.
        let image = json!({"service": "image", "payload": {"width": 8, "height": 8}});
        Self::ends(&api, &image, "completed").await;
        Self::fail(&api).await;

        let mut job = simulation(1);
        job["requirements"] = json!({"quantum": "yes"});
        let waiting = api.submit(&job).await;
        let running = api.submit(&simulation(3_600_000)).await;
        api.has_state(&running, "running").await;
        until("the waiting job is counted", async || {
            program.scrape().await.find("queue_size", &[]) == Some(1.0)
        })
        .await;
        Self { api, running, waiting, events }
    }

    /// Cancels what has not ended.
    pub(crate) async fn end(self) {
        for id in [&self.running, &self.waiting] {
            assert_eq!(self.api.cancel(id).await.0, 200);
            assert_eq!(self.api.over(id).await["state"], "cancelled");
        }
        self.events.close().await;
    }

    async fn fail(api: &Api) {
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
            Self::ends(api, &job, state).await;
        }
        let missing = json!({
            "service": "image",
            "payload": {"width": 8, "height": 8, "model": "missing"},
            "retries": 0,
        });
        Self::ends(api, &missing, "failed").await;
    }

    async fn ends(api: &Api, job: &Value, state: &str) {
        let record = api.run(job).await;
        assert_eq!(record["state"], state, "{record:#}");
    }
}
