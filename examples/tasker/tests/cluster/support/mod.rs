//! tasker as several processes: a PostgreSQL server, an orchestration with the API, and workers.

mod program;
mod samples;
mod settings;
mod tables;
mod tasks;

pub(crate) use program::{Program, client, signal};
pub(crate) use samples::Samples;
pub(crate) use settings::Settings;
pub(crate) use tables::Tables;
pub(crate) use tasks::Api;

use std::{future::Future, time::Duration};

use osapi_common::postgres::{PostgresOptions, PrivatePostgres};
use osapi_metrics_tests::servers;

/// The longest time that a test waits for a condition.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);

/// The processes. They end in the order of the fields, the database last.
pub(crate) struct Cluster {
    pub(crate) orchestration: Program,
    pub(crate) workers: Vec<Program>,
    pub(crate) tables: Tables,
    pub(crate) database: PrivatePostgres,
    pub(crate) settings: Settings,
}

impl Cluster {
    /// Starts everything in one process; `None` where PostgreSQL is missing.
    pub(crate) async fn whole(settings: Settings) -> Option<Self> {
        Self::start(&[], settings).await
    }

    /// Starts an orchestration, and workers with these arguments, such as `worker --namespace
    /// math`.
    pub(crate) async fn of_parts(workers: &[&[&str]], settings: Settings) -> Option<Self> {
        let mut cluster = Self::start(&["orchestration"], settings).await?;
        for arguments in workers {
            cluster.add_worker(arguments);
        }
        Some(cluster)
    }

    async fn start(arguments: &[&str], settings: Settings) -> Option<Self> {
        let database = database()?;
        let orchestration = Program::start(arguments, &database.url(), &settings);
        let tables = Tables::open(&database.url());
        orchestration.is_ready().await;
        Some(Self { orchestration, workers: Vec::new(), tables, database, settings })
    }

    /// Starts one more worker, behind those that run.
    pub(crate) fn add_worker(&mut self, arguments: &[&str]) {
        let worker = Program::start(arguments, &self.database.url(), &self.settings);
        self.workers.push(worker);
    }

    /// Starts the orchestration again, after it has ended.
    pub(crate) async fn start_orchestration(&mut self) {
        let url = self.database.url();
        self.orchestration = Program::start(&["orchestration"], &url, &self.settings);
        self.orchestration.is_ready().await;
    }

    /// A client of the API.
    pub(crate) fn api(&self) -> Api {
        self.orchestration.api()
    }

    /// All processes of tasker.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Program> {
        [&self.orchestration].into_iter().chain(&self.workers)
    }

    /// The sum of the samples with that name and these labels over all processes.
    pub(crate) async fn total(&self, name: &str, labels: &[&str]) -> f64 {
        let mut total = 0.0;
        for program in self.programs() {
            total += program.scrape().await.sum(name, labels);
        }
        total
    }

    /// Waits until the sum over all processes is as large as this.
    pub(crate) async fn reaches(&self, name: &str, labels: &[&str], least: f64) {
        let what = format!("{name} {labels:?} reaches {least}");
        until(&what, async || self.total(name, labels).await >= least).await;
    }
}

/// A server with room for the pools of several processes; `None` where PostgreSQL is missing.
pub(crate) fn database() -> Option<PrivatePostgres> {
    servers::postgres_with(&PostgresOptions {
        fsync: false,
        settings: vec![("max_connections".to_owned(), "200".to_owned())],
        ..PostgresOptions::default()
    })
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
