//! A client of the API.

use std::{error::Error, time::Duration};

use humantime::format_duration;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Map, Value, json};

/// Why a request to tasker failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers.
    #[error("{url} does not answer: {}; start tasker with `cargo run -p tasker`", reason(.cause))]
    NoAnswer {
        /// What was asked.
        url: String,
        /// The error of the connection.
        #[source]
        cause: reqwest::Error,
    },
    /// Something else than tasker answers.
    #[error("{url} does not answer in JSON, so it is not tasker; give the address of its API")]
    Foreign {
        /// What was asked.
        url: String,
    },
    /// The answer is an error.
    #[error("{url} answered {status}: {message}")]
    Refused {
        /// What was asked.
        url: String,
        /// The status of the answer.
        status: StatusCode,
        /// What the answer says.
        message: String,
    },
    /// The task took too long.
    #[error("the task {id} was not over within {}; its state is `{state}`", format_duration(*.limit))]
    NotOver {
        /// The task.
        id: String,
        /// The state that it was in last.
        state: String,
        /// How long it was waited for.
        limit: Duration,
    },
}

/// A request for a task.
#[derive(Clone, Debug)]
pub struct NewTask<'a> {
    /// The name of the workflow.
    pub workflow: &'a str,
    /// Its context.
    pub context: Map<String, Value>,
    /// The trace that the request belongs to, 32 hexadecimal digits.
    pub trace: Option<&'a str>,
}

/// A client of a running tasker.
#[derive(Clone, Debug)]
pub struct TaskerClient {
    http: Client,
    base: String,
}

/// The time between two looks at a task.
const LOOK: Duration = Duration::from_millis(50);

impl TaskerClient {
    /// A client for the API at `base`, such as `http://127.0.0.1:8090`.
    ///
    /// # Panics
    /// Never: the client has no TLS to set up.
    pub fn new(base: &str) -> Self {
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build();
        Self { http: http.unwrap_or_default(), base: base.trim_end_matches('/').to_owned() }
    }

    /// Submits a task, and returns the answer: `id`, `correlation_id` and `state`.
    ///
    /// # Errors
    /// Nobody answers, or the answer is an error.
    pub async fn submit(
        &self,
        workflow: &str,
        context: Map<String, Value>,
    ) -> Result<Value, ClientError> {
        self.submit_as(NewTask { workflow, context, trace: None }).await
    }

    /// As [`submit`](Self::submit), as a part of a trace where there is one.
    ///
    /// # Errors
    /// Nobody answers, or the answer is an error.
    pub async fn submit_as(&self, task: NewTask<'_>) -> Result<Value, ClientError> {
        let url = format!("{}{}", self.base, crate::api::TASKS);
        let body = json!({"workflow": task.workflow, "context": task.context});
        let mut request = self.http.post(&url).json(&body);
        if let Some(trace) = task.trace {
            // W3C Trace Context: version, trace, span and flags. The span is this client's.
            let span: String = trace.chars().rev().take(16).collect();
            request = request.header("traceparent", format!("00-{trace}-{span}-01"));
        }
        self.ask(&url, request).await
    }

    /// A task with its steps.
    ///
    /// # Errors
    /// Nobody answers, or the answer is an error.
    pub async fn task(&self, id: &str) -> Result<Value, ClientError> {
        let url = format!("{}{}/{id}", self.base, crate::api::TASKS);
        self.ask(&url, self.http.get(&url)).await
    }

    /// A task once it is over.
    ///
    /// # Errors
    /// Nobody answers, the answer is an error, or the task is not over in time.
    pub async fn ended(&self, id: &str, limit: Duration) -> Result<Value, ClientError> {
        let begun = tokio::time::Instant::now();
        loop {
            let task = self.task(id).await?;
            let state = task["state"].as_str().unwrap_or_default();
            if ["complete", "error", "cancelled"].contains(&state) {
                return Ok(task);
            }
            if begun.elapsed() >= limit {
                let (id, state) = (id.to_owned(), state.to_owned());
                return Err(ClientError::NotOver { id, state, limit });
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Asks for a task to be cancelled.
    ///
    /// # Errors
    /// Nobody answers, or the answer is an error.
    pub async fn cancel(&self, id: &str) -> Result<Value, ClientError> {
        let url = format!("{}{}/{id}/cancel", self.base, crate::api::TASKS);
        self.ask(&url, self.http.post(&url)).await
    }

    /// The detailed health, whatever it is.
    ///
    /// # Errors
    /// Nobody answers, or the answer is not JSON.
    pub async fn health(&self) -> Result<Value, ClientError> {
        let url = format!("{}/health/detailed", self.base);
        let cannot = |cause| failure(&url, cause);
        self.http.get(&url).send().await.map_err(cannot)?.json().await.map_err(cannot)
    }

    /// The address of the API.
    pub fn base(&self) -> &str {
        &self.base
    }

    async fn ask(&self, url: &str, request: RequestBuilder) -> Result<Value, ClientError> {
        let cannot = |cause| failure(url, cause);
        let answer = request.send().await.map_err(cannot)?;
        let status = answer.status();
        let body: Value = answer.json().await.map_err(cannot)?;
        if status.is_success() {
            return Ok(body);
        }
        let message = body["error"]["message"].as_str().unwrap_or_default().to_owned();
        Err(ClientError::Refused { url: url.to_owned(), status, message })
    }
}

/// The error of a request without an answer, or with one that cannot be read.
fn failure(url: &str, cause: reqwest::Error) -> ClientError {
    let url = url.to_owned();
    if cause.is_decode() {
        ClientError::Foreign { url }
    } else {
        ClientError::NoAnswer { url, cause }
    }
}

/// The innermost cause of an error of a request, such as `Connection refused`.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}
