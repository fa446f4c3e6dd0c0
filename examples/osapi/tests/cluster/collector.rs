//! An OTLP collector that is absent, hangs, fails and returns: the jobs do not notice.

#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use std::{net::SocketAddr, time::Duration};

use osapi_metrics_tests::otlp_receiver::{Behaviour, OtlpReceiver};

use crate::support::{Cluster, Job, Program, until};

/// The timeout of an export in milliseconds, longer than the test.
const TIMEOUT: &str = "3600000";
/// The time between two exports in milliseconds.
const INTERVAL: &str = "100";
/// The number of jobs for each behaviour of the collectors.
const JOBS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn jobs_do_not_notice_collectors_that_are_absent_hang_fail_and_return() {
    for protocol in ["grpc", "http/protobuf"] {
        // One collector for each process, so that the test knows which process has an open export.
        let addresses = [(); 2].map(|()| OtlpReceiver::start().address());
        let Some(cluster) = pushing_cluster(addresses, protocol).await else { return };
        let mut jobs = Jobs { cluster, done: 0 };

        // Absent.
        jobs.run().await;
        jobs.failed_since([0.0; 2]).await;

        // The collectors hang until all of these jobs have ended.
        let receivers = addresses.map(|address| listening(address, Behaviour::Hang));
        for receiver in &receivers {
            receiver.await_tries(1);
        }
        let before = jobs.exports(&[]).await;
        jobs.run().await;
        assert_eq!(jobs.exports(&[]).await, before, "{protocol}: an export ended while all hang");
        drop(receivers);

        // The collectors refuse.
        let receivers = addresses.map(|address| listening(address, Behaviour::Status(500)));
        for receiver in &receivers {
            receiver.await_tries(1);
        }
        let failed = jobs.exports(&[FAILED]).await;
        jobs.run().await;
        jobs.failed_since(failed).await;

        // The collectors are back, and get all values.
        let succeeded = jobs.exports(&[SUCCEEDED]).await;
        for receiver in &receivers {
            receiver.behave(Behaviour::Accept);
        }
        jobs.run().await;
        let [of_api, of_agent] = &receivers;
        let all = Some(jobs.done as f64);
        let name = ("job_name", "wait");
        of_api.await_export(|export| export.number("osapi_jobs_created_total", &[name]) == all);
        let labels = [name, ("status", "completed")];
        of_agent.await_export(|export| export.number("osapi_jobs_completed_total", &labels) == all);
        until("the exports are counted", async || {
            let now = jobs.exports(&[SUCCEEDED]).await;
            now[0] > succeeded[0] && now[1] > succeeded[1]
        })
        .await;
    }
}

const FAILED: &str = r#"outcome="failed""#;
const SUCCEEDED: &str = r#"outcome="succeeded""#;

/// A cluster that pushes, and the number of jobs that it has run.
struct Jobs {
    cluster: Cluster,
    done: usize,
}

impl Jobs {
    /// Runs jobs to their end.
    async fn run(&mut self) {
        let api = self.cluster.client();
        let ids = api.submit_all(JOBS, |_| Job::wait(Duration::ZERO)).await;
        for record in api.all_finished(&ids).await {
            assert_eq!(record["status"], "completed", "{record}");
        }
        self.done += JOBS;
    }

    /// The number of exports with these labels that have ended, of the API and of the agent.
    async fn exports(&self, labels: &[&str]) -> [f64; 2] {
        let name = "osapi_metrics_exports_total";
        let [api, agent] = [&self.cluster.api, &self.cluster.agents[0]].map(Program::scrape);
        [api.await.sum(name, labels), agent.await.sum(name, labels)]
    }

    /// Waits until both processes have counted one more failure.
    async fn failed_since(&self, before: [f64; 2]) {
        until("the failed exports are counted", async || {
            let now = self.exports(&[FAILED]).await;
            now[0] > before[0] && now[1] > before[1]
        })
        .await;
    }
}

/// An API and an agent that push to these addresses.
async fn pushing_cluster(addresses: [SocketAddr; 2], protocol: &str) -> Option<Cluster> {
    let endpoints = addresses.map(|address| format!("http://{address}"));
    let [for_api, for_agent] = endpoints.each_ref().map(|endpoint| {
        [
            ("OTEL_METRICS_EXPORTER", "otlp,prometheus"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_METRIC_EXPORT_INTERVAL", INTERVAL),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", TIMEOUT),
        ]
    });
    let mut cluster = Cluster::start_with(0, &for_api).await?;
    let agent = cluster.agent("agent-1", &for_agent).await;
    cluster.agents.push(agent);
    Some(cluster)
}

fn listening(address: SocketAddr, behaviour: Behaviour) -> OtlpReceiver {
    let receiver = OtlpReceiver::start_at(address);
    receiver.behave(behaviour);
    receiver
}
