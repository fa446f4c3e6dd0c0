//! osapi as several processes: a NATS server, an API and agents.

mod load;
mod program;
// The tests without processes need only this file of their support.
#[path = "../../support/sample.rs"]
mod sample;
mod samples;
mod store;

pub(crate) use load::{Api, Job};
pub(crate) use program::{Program, client};
pub(crate) use store::{Store, ends};

use std::{future::Future, time::Duration};

use osapi_metrics_tests::servers::{self, NatsServer};

/// The longest time that a test waits for a condition.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The processes. They end in the order of the fields, the NATS server last.
pub(crate) struct Cluster {
    pub(crate) api: Program,
    pub(crate) agents: Vec<Program>,
    pub(crate) nats: NatsServer,
}

impl Cluster {
    /// Starts the system with agents `agent-1`, `agent-2` and so on, and waits until all are ready;
    /// `None` where there is no `nats-server`.
    pub(crate) async fn start(agents: usize) -> Option<Self> {
        Self::start_with(agents, &[]).await
    }

    /// As [`start`](Self::start), with these environment variables in every process of osapi.
    pub(crate) async fn start_with(agents: usize, variables: &[(&str, &str)]) -> Option<Self> {
        let nats = servers::nats()?;
        let api = Program::start(&["api", "--nats", &nats.url()], variables);
        let mut cluster = Self { api, agents: Vec::new(), nats };
        cluster.api.is_ready().await;
        for number in 1..=agents {
            let agent = cluster.agent(&format!("agent-{number}"), variables).await;
            cluster.agents.push(agent);
        }
        cluster.agents_connected(agents).await;
        Some(cluster)
    }

    /// Starts one more agent, which is not in `agents`.
    pub(crate) async fn agent(&self, name: &str, variables: &[(&str, &str)]) -> Program {
        let arguments = ["agent", "--nats", &self.nats.url(), "--name", name];
        let agent = Program::start(&arguments, variables);
        agent.is_ready().await;
        agent
    }

    /// A client of the API.
    pub(crate) fn client(&self) -> Api {
        Api::new(&self.api)
    }

    /// Waits until the API reports this number of connected agents.
    pub(crate) async fn agents_connected(&self, agents: usize) {
        let what = format!("the API sees {agents} agents");
        until(&what, async || {
            self.api.scrape().await.find("osapi_agents_connected", &[]) == Some(agents as f64)
        })
        .await;
    }

    /// All processes of osapi.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Program> {
        [&self.api].into_iter().chain(&self.agents)
    }

    /// The sum of the samples with that name and these labels over all processes.
    pub(crate) async fn total(&self, name: &str, labels: &[&str]) -> f64 {
        let mut total = 0.0;
        for program in self.programs() {
            total += program.scrape().await.sum(name, labels);
        }
        total
    }
}

/// Waits until `holds` returns true.
///
/// # Panics
///
/// With `what`, if it does not return true in time.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let poll = async {
        let mut poll = tokio::time::interval(Duration::from_millis(20));
        while !holds().await {
            poll.tick().await;
        }
    };
    in_time(what, poll).await;
}

/// The output of `future`.
///
/// # Panics
///
/// With `what`, if it does not end in time.
pub(crate) async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(PATIENCE, future).await;
    ended.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain: {what}"))
}
