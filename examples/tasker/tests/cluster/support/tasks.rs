//! Tasks submitted over HTTP, and their records.

use std::{
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

/// The ids of tasks that were answered with 202.
pub(crate) type TaskIds = Vec<String>;

/// A client of the API that repeats rejected requests.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    tasks: Arc<str>,
}

impl Api {
    pub(super) fn new(program: &Program) -> Self {
        Self { http: client(), tasks: program.url("/v1/tasks").into() }
    }

    /// Status and body of the answer to a request for a task.
    pub(crate) async fn post(&self, body: &Value) -> (StatusCode, Value) {
        self.post_traced(body, None).await
    }

    /// As [`post`](Self::post), with a header `traceparent`.
    pub(crate) async fn post_traced(
        &self,
        body: &Value,
        trace: Option<&str>,
    ) -> (StatusCode, Value) {
        let mut request = self.http.post(&*self.tasks).body(body.to_string());
        if let Some(trace) = trace {
            request = request.header("traceparent", trace);
        }
        let answer = request.header("content-type", "application/json").send().await;
        let answer = answer.expect("the API answers with and without a database");
        (answer.status(), answer.json().await.expect("valid JSON"))
    }

    /// Submits a task once; `None` if the service cannot take it now.
    pub(crate) async fn try_submit(&self, workflow: &str, context: &Value) -> Option<String> {
        let body = json!({"workflow": workflow, "context": context});
        match self.post(&body).await {
            (StatusCode::ACCEPTED, body) => Some(body["id"].as_str().expect("an id").to_owned()),
            (StatusCode::SERVICE_UNAVAILABLE, _) => None,
            (status, body) => panic!("{status}: {body}"),
        }
    }

    /// Submits a task until it is accepted.
    pub(crate) async fn submit(&self, workflow: &str, context: &Value) -> String {
        in_time("a task is accepted", async {
            loop {
                if let Some(id) = self.try_submit(workflow, context).await {
                    return id;
                }
                tokio::time::sleep(RETRY_PAUSE).await;
            }
        })
        .await
    }

    /// Submits this number of tasks over several connections.
    pub(crate) async fn submit_all(
        &self,
        tasks: usize,
        workflow: &str,
        context: &Value,
    ) -> TaskIds {
        stream::iter(0..tasks)
            .map(async |_| self.submit(workflow, context).await)
            .buffer_unordered(CONNECTIONS)
            .collect()
            .await
    }

    /// Submits tasks over several connections until it is stopped.
    pub(crate) fn load(&self, workflow: &'static str, context: &Value) -> Load {
        let shared = Arc::new(LoadShared::default());
        let clients = (0..CONNECTIONS).map(|_| {
            let (api, context, shared) = (self.clone(), context.clone(), Arc::clone(&shared));
            tokio::spawn(async move {
                let mut accepted = TaskIds::new();
                while !shared.stopped.load(Ordering::Relaxed) {
                    match api.try_submit(workflow, &context).await {
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
        let clients = clients.collect();
        Load { shared, clients }
    }

    /// Status and body of a task.
    pub(crate) async fn get(&self, id: &str) -> (StatusCode, Value) {
        let answer = self.http.get(format!("{}/{id}", self.tasks)).send().await;
        let answer = answer.expect("the API answers");
        (answer.status(), answer.json().await.expect("valid JSON"))
    }

    /// Status and body of the answer to the wish to cancel a task.
    pub(crate) async fn cancel(&self, id: &str) -> (StatusCode, Value) {
        let answer = self.http.post(format!("{}/{id}/cancel", self.tasks)).send().await;
        let answer = answer.expect("the API answers");
        (answer.status(), answer.json().await.expect("valid JSON"))
    }

    /// A task once its record is as wanted.
    pub(crate) async fn once(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        until(&format!("the task {id} is as wanted"), async || {
            match self.get(id).await {
                (StatusCode::OK, record) => last = record,
                (StatusCode::SERVICE_UNAVAILABLE, _) => return false,
                (status, body) => panic!("{id}: {status}: {body}"),
            }
            wanted(&last)
        })
        .await;
        last
    }

    /// A task once it is over.
    pub(crate) async fn ended(&self, id: &str) -> Value {
        self.once(id, |record| {
            let state = record["state"].as_str().expect("a state");
            ["complete", "error", "cancelled"].contains(&state)
        })
        .await
    }

    /// A task once its first step runs.
    pub(crate) async fn running(&self, id: &str) -> Value {
        self.once(id, |record| record["steps"][0]["state"] == "in_progress").await
    }

    /// Submits a task, and returns it once it is over.
    pub(crate) async fn run(&self, workflow: &str, context: &Value) -> Value {
        self.ended(&self.submit(workflow, context).await).await
    }
}

/// Tasks that are being submitted.
pub(crate) struct Load {
    shared: Arc<LoadShared>,
    clients: Vec<JoinHandle<TaskIds>>,
}

#[derive(Default)]
struct LoadShared {
    stopped: AtomicBool,
    accepted: AtomicUsize,
}

impl Load {
    /// The number of tasks accepted so far.
    pub(crate) fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// Waits until this number of further tasks is accepted.
    pub(crate) async fn goes_on(&self, tasks: usize) {
        let wanted = self.accepted() + tasks;
        until("tasks are accepted", async || self.accepted() >= wanted).await;
    }

    /// Ends the load, and returns the ids of the accepted tasks.
    pub(crate) async fn stop(self) -> TaskIds {
        self.shared.stopped.store(true, Ordering::Relaxed);
        let mut accepted = TaskIds::new();
        for client in self.clients {
            accepted.extend(client.await.expect("the load goes on without a panic"));
        }
        accepted
    }
}
