//! Jobs submitted over HTTP, and their records.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, stream};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{Program, client, in_time, until};

/// The number of requests at the same time.
const CONNECTIONS: usize = 8;

/// How long a client waits before it repeats a request that the service could not take.
const RETRY_PAUSE: Duration = Duration::from_millis(20);

/// The body of a submission.
#[derive(Clone, Debug)]
pub(crate) struct Job(String);

/// The ids of jobs that were answered with 202.
pub(crate) type JobIds = Vec<String>;

/// A client of the API that repeats refused requests.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    jobs: Arc<str>,
}

impl Job {
    /// A job that does nothing for this time.
    pub(crate) fn wait(time: Duration) -> Self {
        Self(json!({"operation": "wait", "args": {"millis": time.as_millis()}}).to_string())
    }

    /// A job that fails.
    pub(crate) fn failing() -> Self {
        Self(json!({"operation": "file.sha256", "args": {"path": "no/such/file"}}).to_string())
    }
}

impl Api {
    pub(super) fn new(program: &Program) -> Self {
        Self { http: client(), jobs: program.url("/jobs").into() }
    }

    /// Submits a job until it is accepted.
    pub(crate) async fn submit(&self, job: &Job) -> String {
        in_time("a job is accepted", async {
            loop {
                if let Some(id) = self.try_submit(job).await {
                    return id;
                }
                tokio::time::sleep(RETRY_PAUSE).await;
            }
        })
        .await
    }

    /// Submits a job once; `None` if the broker is away.
    pub(crate) async fn try_submit(&self, job: &Job) -> Option<String> {
        let request = self.http.post(&*self.jobs).body(job.0.clone());
        let answer = request.header("content-type", "application/json").send().await;
        let answer = answer.expect("the API answers with and without a broker");
        let status = answer.status();
        let body: Value = answer.json().await.expect("valid JSON");
        match status {
            StatusCode::ACCEPTED => Some(body["id"].as_str().expect("an id").to_owned()),
            StatusCode::SERVICE_UNAVAILABLE => None,
            status => panic!("{status}: {body}"),
        }
    }

    /// Submits this number of jobs over several connections.
    pub(crate) async fn submit_all(&self, jobs: usize, job: impl Fn(usize) -> Job) -> JobIds {
        let jobs = (0..jobs).map(|number| (self, job(number)));
        stream::iter(jobs)
            .map(async |(api, job)| api.submit(&job).await)
            .buffer_unordered(CONNECTIONS)
            .collect()
            .await
    }

    /// Submits jobs over several connections until it is stopped.
    pub(crate) fn load(&self, job: &Job) -> Load {
        let shared = Arc::new(LoadShared::default());
        let workers = (0..CONNECTIONS).map(|_| {
            let (api, job, shared) = (self.clone(), job.clone(), Arc::clone(&shared));
            tokio::spawn(async move {
                let mut accepted = JobIds::new();
                while !shared.stopped.load(Ordering::Relaxed) {
                    match api.try_submit(&job).await {
                        Some(id) => {
                            accepted.push(id);
                            shared.accepted.fetch_add(1, Ordering::Relaxed);
                        }
                        None => tokio::time::sleep(RETRY_PAUSE).await,
                    }
                }
                accepted
            })
        });
        let workers = workers.collect();
        Load { shared, workers }
    }

    /// The record of a job.
    pub(crate) async fn record(&self, id: &str) -> Value {
        self.get(id, "").await.unwrap_or_else(|status| panic!("{id}: {status}"))
    }

    /// The record of a job once it is over.
    pub(crate) async fn finished(&self, id: &str) -> Value {
        in_time("a job is over", async {
            loop {
                match self.get(id, "?wait=5s").await {
                    Ok(record) if !is_open(&record) => return record,
                    Ok(_) => {}
                    Err(StatusCode::SERVICE_UNAVAILABLE) => tokio::time::sleep(RETRY_PAUSE).await,
                    Err(status) => panic!("{id}: {status}"),
                }
            }
        })
        .await
    }

    /// The records of all these jobs once they are over.
    pub(crate) async fn all_finished(&self, ids: &[String]) -> Vec<Value> {
        let finished = ids.iter().map(|id| self.finished(id));
        stream::iter(finished).buffered(CONNECTIONS).collect().await
    }

    /// The answer to one request that waits until the job is over, for at most `time`, such as
    /// `30s`.
    pub(crate) async fn record_within(&self, id: &str, time: &str) -> Value {
        let query = format!("?wait={time}");
        self.get(id, &query).await.unwrap_or_else(|status| panic!("{id}: {status}"))
    }

    /// Waits until the agent of that name runs all of these jobs.
    pub(crate) async fn run_by(&self, ids: &[String], agent: &str) {
        for id in ids {
            until("the agent runs the job", async || {
                let record = self.record(id).await;
                assert_ne!(record["status"], Value::from("completed"), "the test came too late");
                record["status"] == "running" && record["agent"] == agent
            })
            .await;
        }
    }

    fn get(
        &self,
        id: &str,
        query: &str,
    ) -> impl Future<Output = Result<Value, StatusCode>> + use<> {
        let request = self.http.get(format!("{}/{id}{query}", self.jobs));
        async {
            let answer = request.send().await.expect("the API answers");
            match answer.status() {
                StatusCode::OK => Ok(answer.json().await.expect("valid JSON")),
                status => Err(status),
            }
        }
    }
}

fn is_open(record: &Value) -> bool {
    record["status"] == "queued" || record["status"] == "running"
}

/// Jobs that are being submitted.
pub(crate) struct Load {
    shared: Arc<LoadShared>,
    workers: Vec<JoinHandle<JobIds>>,
}

#[derive(Default)]
struct LoadShared {
    stopped: AtomicBool,
    accepted: AtomicUsize,
}

impl Load {
    /// The number of jobs accepted so far.
    pub(crate) fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// Waits until this number of further jobs is accepted.
    pub(crate) async fn goes_on(&self, jobs: usize) {
        let wanted = self.accepted() + jobs;
        until("jobs are accepted", async || self.accepted() >= wanted).await;
    }

    /// Ends the load, and returns the ids of the accepted jobs.
    pub(crate) async fn stop(self) -> JobIds {
        self.shared.stopped.store(true, Ordering::Relaxed);
        let mut accepted = JobIds::new();
        for worker in self.workers {
            accepted.extend(worker.await.expect("the load goes on without a panic"));
        }
        accepted
    }
}
