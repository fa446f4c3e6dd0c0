//! job-queue as several processes: a Redis server, an API and workers.

mod events;
mod jobs;
mod program;
mod samples;

pub(crate) use events::EventClient;
pub(crate) use jobs::{Api, simulation};
pub(crate) use program::{Program, client};
pub(crate) use samples::Samples;

use std::{future::Future, time::Duration};

use osapi_common::redis::{PrivateRedis, RedisOptions};
use osapi_metrics_tests::servers;

/// The longest time that a test waits for a condition.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// The processes. They end in the order of the fields, the server last.
pub(crate) struct Cluster {
    pub(crate) api: Program,
    pub(crate) workers: Vec<Program>,
    pub(crate) redis: PrivateRedis,
}

impl Cluster {
    /// Starts an API and workers with these further arguments, such as `--capability size=4`, and
    /// waits until all are ready; `None` where there is no `redis-server`.
    pub(crate) async fn start(workers: &[&[&str]]) -> Option<Self> {
        Self::start_with(workers, &[]).await
    }

    /// As [`start`](Self::start), with these further arguments of the API.
    pub(crate) async fn start_with(workers: &[&[&str]], api: &[&str]) -> Option<Self> {
        let redis = server()?;
        let api = Program::start(&[&["api", "--redis", &redis.url()], api].concat(), &[]);
        api.is_ready().await;
        let mut cluster = Self { api, workers: Vec::new(), redis };
        for (number, arguments) in (1..).zip(workers) {
            cluster.add_worker(&format!("worker-{number}"), arguments).await;
        }
        Some(cluster)
    }

    /// Starts one more worker, behind those that run.
    pub(crate) async fn add_worker(&mut self, name: &str, arguments: &[&str]) {
        let (redis, api) = (self.redis.url(), self.api.url(""));
        let mut all = vec!["worker", "--redis", &redis, "--api", &api, "--name", name];
        all.extend(arguments);
        let worker = Program::start(&all, &[]);
        worker.is_ready().await;
        self.workers.push(worker);
    }

    /// A client of the API.
    pub(crate) fn api(&self) -> Api {
        self.api.api()
    }

    /// All processes of job-queue.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Program> {
        [&self.api].into_iter().chain(&self.workers)
    }

    /// The sum of the samples with that name and these labels over all processes.
    pub(crate) async fn total(&self, name: &str, labels: &[&str]) -> f64 {
        let mut total = 0.0;
        for program in self.programs() {
            total += program.scrape().await.sum(name, labels);
        }
        total
    }

    /// Waits until the sum over all processes is this.
    pub(crate) async fn reaches(&self, name: &str, labels: &[&str], value: f64) {
        let what = format!("{name} {labels:?} is {value}");
        until(&what, async || (self.total(name, labels).await - value).abs() < 1e-9).await;
    }
}

/// A Redis server whose data survive a kill; `None` where `redis-server` is missing.
pub(crate) fn server() -> Option<PrivateRedis> {
    servers::redis_with(&RedisOptions::default())
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
