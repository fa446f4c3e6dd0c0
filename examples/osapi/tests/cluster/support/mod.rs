//! osapi as a team would run it: a NATS server, an API and agents, each a process of its own.

mod load;
mod program;
// The other tests have no processes of their own and need this alone.
#[path = "../../support/sample.rs"]
mod sample;
mod samples;
mod store;

use std::{future::Future, time::Duration};

use osapi_metrics_tests::servers::{self, NatsServer};

pub(crate) use load::{Api, Job};
pub(crate) use program::{Program, client};
pub(crate) use store::{Store, ends};

/// The most that a test waits for anything.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The processes. The fields end in this order, and the NATS server last.
pub(crate) struct Cluster {
    pub(crate) api: Program,
    pub(crate) agents: Vec<Program>,
    pub(crate) nats: NatsServer,
}

impl Cluster {
    /// Starts the system with agents `agent-1`, `agent-2` and so on, and waits until all are ready; `None` where there
    /// is no `nats-server`.
    pub(crate) async fn start(agents: usize) -> Option<Self> {
        Self::start_with(agents, &[]).await
    }

    /// As [`start`](Self::start), with these variables in every process of osapi.
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

    /// Starts one more agent, which stays with the caller.
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

    /// Waits until the API sees so many agents.
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

/// Waits until `holds` says so.
///
/// # Panics
///
/// With `what`, if it does not in time.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let poll = async {
        let mut poll = tokio::time::interval(Duration::from_millis(20));
        while !holds().await {
            poll.tick().await;
        }
    };
    in_time(what, poll).await;
}

/// What `future` gives.
///
/// # Panics
///
/// With `what`, if it does not end in time.
pub(crate) async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(PATIENCE, future).await;
    ended.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain: {what}"))
}
