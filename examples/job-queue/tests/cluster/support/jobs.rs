//! Jobs submitted over HTTP, and their records.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::{Program, client, in_time};

/// The number of requests at the same time.
const CONNECTIONS: usize = 16;

/// How long a client waits before it repeats a request that the service could not take.
const RETRY_PAUSE: Duration = Duration::from_millis(20);

/// A client of the API that repeats rejected requests.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    jobs: Arc<str>,
}

impl Api {
    pub(super) fn new(program: &Program) -> Self {
        Self { http: client(), jobs: program.url("/jobs").into() }
    }

    /// Status and body of the answer to a request for a job.
    pub(crate) async fn post(&self, body: &Value) -> (StatusCode, Value) {
        let request = self.http.post(&*self.jobs).header("content-type", "application/json");
        let answer = request.header("x-user", "tester").body(body.to_string()).send().await;
        let answer = answer.expect("the API answers with and without a queue");
        (answer.status(), answer.json().await.expect("valid JSON"))
    }

    /// Submits a job until it is accepted; returns its id.
    pub(crate) async fn submit(&self, body: &Value) -> String {
        in_time("a job is accepted", async {
            loop {
                match self.post(body).await {
                    (StatusCode::ACCEPTED, body) => {
                        return body["id"].as_str().expect("an id").to_owned();
                    }
                    (StatusCode::SERVICE_UNAVAILABLE, _) => {
                        tokio::time::sleep(RETRY_PAUSE).await;
                    }
                    (status, body) => panic!("{status}: {body}"),
                }
            }
        })
        .await
    }

    /// Submits this number of jobs over several connections.
    pub(crate) async fn submit_all(&self, jobs: usize, body: &Value) -> Vec<String> {
        stream::iter(0..jobs)
            .map(async |_| self.submit(body).await)
            .buffer_unordered(CONNECTIONS)
            .collect()
            .await
    }

    /// Status and body of a job.
    pub(crate) async fn get(&self, id: &str) -> (StatusCode, Value) {
        let answer = self.http.get(format!("{}/{id}", self.jobs)).send().await;
        let answer = answer.expect("an answer");
        (answer.status(), answer.json().await.expect("valid JSON"))
    }

    /// Status and body of the answer to a cancellation.
    pub(crate) async fn cancel(&self, id: &str) -> (StatusCode, Value) {
        let answer = self.http.delete(format!("{}/{id}", self.jobs)).send().await;
        let answer = answer.expect("an answer");
        (answer.status(), answer.json().await.expect("valid JSON"))
    }

    /// The record of a job that is over.
    pub(crate) async fn over(&self, id: &str) -> Value {
        const OVER: [&str; 5] = ["completed", "failed", "cancelled", "timed_out", "unworkable"];
        in_time("a job is over", async {
            loop {
                let answer = self.http.get(format!("{}/{id}?wait=10s", self.jobs)).send().await;
                let answer = answer.expect("an answer");
                if answer.status() == StatusCode::OK {
                    let record: Value = answer.json().await.expect("valid JSON");
                    if record["state"].as_str().is_some_and(|state| OVER.contains(&state)) {
                        return record;
                    }
                } else {
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
            }
        })
        .await
    }

    /// Submits a job and returns its record when it is over.
    pub(crate) async fn run(&self, body: &Value) -> Value {
        let id = self.submit(body).await;
        self.over(&id).await
    }

    /// The records of jobs that are over.
    pub(crate) async fn all_over(&self, ids: &[String]) -> Vec<Value> {
        stream::iter(ids)
            .map(async |id| self.over(id).await)
            .buffer_unordered(CONNECTIONS)
            .collect()
            .await
    }

    /// Waits until a job has this state.
    pub(crate) async fn has_state(&self, id: &str, state: &str) {
        super::until(&format!("job {id} is {state}"), async || {
            self.get(id).await.1["state"] == state
        })
        .await;
    }
}

/// A job that takes this time.
pub(crate) fn simulation(millis: u64) -> Value {
    json!({"service": "simulation", "payload": {"millis": millis}})
}
