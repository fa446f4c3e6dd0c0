//! A client of the API.

use std::{error::Error, time::Duration};

use humantime::format_duration;
use osapi_metrics_rules::excerpt::{Excerpt, ShownAddress};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::store::TaskRecord;

/// Why a request to tasker failed. What was asked is shown without its secrets.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address of the API is none.
    #[error("{url} is not the address of an API ({reason}); it looks like `http://127.0.0.1:8090`")]
    Address {
        /// What was given.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// Nobody answers.
    #[error("{url} does not answer: {reason}; start tasker with `cargo run -p tasker`")]
    NoAnswer {
        /// What was asked.
        url: String,
        /// The cause.
        reason: String,
    },
    /// Something else than tasker answers.
    #[error("{url} does not answer as tasker does; give the address of its API")]
    Foreign {
        /// What was asked.
        url: String,
    },
    /// The answer is an error.
    #[error("{url} answered {status}: {}", Excerpt::of_message(.message))]
    Refused {
        /// What was asked.
        url: String,
        /// The status of the answer.
        status: StatusCode,
        /// What the answer says.
        message: String,
    },
    /// The task took too long.
    #[error(
        "the task {} was not over within {}; its state is `{}`",
        Excerpt::of(.id),
        format_duration(*.limit),
        Excerpt::of(.state)
    )]
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

/// The answer to a request that is accepted.
#[derive(Clone, Debug, Deserialize)]
pub struct Receipt {
    /// The id of the task.
    pub id: String,
    /// The id of the request.
    pub correlation_id: String,
}

/// The answer to a request that is refused.
#[derive(Deserialize)]
struct Refusal {
    error: RefusalError,
}

#[derive(Deserialize)]
struct RefusalError {
    message: String,
}

/// A client of a running tasker.
#[derive(Clone, Debug)]
pub struct TaskerClient {
    http: Client,
    base: String,
}

/// The time between two looks at a task.
const LOOK: Duration = Duration::from_millis(50);

/// The most bytes of an answer.
const MAX_BYTES: usize = 64 << 20;

impl TaskerClient {
    /// A client for the API at `base`, such as `http://127.0.0.1:8090`.
    ///
    /// # Errors
    /// `base` is not such an address.
    ///
    /// # Panics
    /// Never: the client has no TLS to set up.
    pub fn new(base: &str) -> Result<Self, ClientError> {
        check_base(base).map_err(|reason| {
            let url = ShownAddress(base).to_string();
            ClientError::Address { url, reason }
        })?;
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build();
        Ok(Self { http: http.unwrap_or_default(), base: base.trim_end_matches('/').to_owned() })
    }

    /// Submits a task.
    ///
    /// # Errors
    /// Nobody answers, or the answer is an error.
    pub async fn submit(
        &self,
        workflow: &str,
        context: Map<String, Value>,
    ) -> Result<Receipt, ClientError> {
        self.submit_as(NewTask { workflow, context, trace: None }).await
    }

    /// As [`submit`](Self::submit), as a part of a trace where there is one.
    ///
    /// # Errors
    /// Nobody answers, or the answer is an error.
    pub async fn submit_as(&self, task: NewTask<'_>) -> Result<Receipt, ClientError> {
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
    pub async fn task(&self, id: &str) -> Result<TaskRecord, ClientError> {
        let url = format!("{}{}/{id}", self.base, crate::api::TASKS);
        self.ask(&url, self.http.get(&url)).await
    }

    /// A task once it is over.
    ///
    /// # Errors
    /// Nobody answers, the answer is an error, or the task is not over in time.
    pub async fn ended(&self, id: &str, limit: Duration) -> Result<TaskRecord, ClientError> {
        let begun = tokio::time::Instant::now();
        loop {
            let task = self.task(id).await?;
            if ["complete", "error", "cancelled"].contains(&task.state.as_str()) {
                return Ok(task);
            }
            if begun.elapsed() >= limit {
                let (id, state) = (id.to_owned(), task.state);
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
        let (_, body) = read(&url, self.http.get(&url)).await?;
        parse(&url, &body)
    }

    /// The address of the API.
    pub fn base(&self) -> &str {
        &self.base
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        url: &str,
        request: RequestBuilder,
    ) -> Result<T, ClientError> {
        let (status, body) = read(url, request).await?;
        if status.is_success() {
            return parse(url, &body);
        }
        let Refusal { error: RefusalError { message } } = parse(url, &body)?;
        Err(ClientError::Refused { url: ShownAddress(url).to_string(), status, message })
    }
}

/// Paths are put behind the address.
fn check_base(base: &str) -> Result<(), String> {
    let url = Url::parse(base).map_err(|error| error.to_string())?;
    if !url.has_host() || !matches!(url.scheme(), "http" | "https") {
        return Err("it does not begin with `http://`".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("nothing may stand behind its path, neither `?…` nor `#…`".to_owned());
    }
    Ok(())
}

/// The status of an answer, and its body.
async fn read(url: &str, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), ClientError> {
    let silent = |reason| ClientError::NoAnswer { url: ShownAddress(url).to_string(), reason };
    let answer = request.send().await.map_err(|error| silent(reason(&error)))?;
    let status = answer.status();
    Ok((status, body_of(answer).await.map_err(silent)?))
}

fn parse<T: DeserializeOwned>(url: &str, body: &[u8]) -> Result<T, ClientError> {
    let foreign = |_| ClientError::Foreign { url: ShownAddress(url).to_string() };
    serde_json::from_slice(body).map_err(foreign)
}

/// The body of an answer, or why it cannot be read.
pub(crate) async fn body_of(mut answer: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(format!("the answer has more than {MAX_BYTES} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The innermost cause of an error of a request, such as `Connection refused`.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A server that answers with this, and then with `x` without end.
    async fn serve(answer: &'static str, is_endless: bool) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let _ = connection.read(&mut [0; 4_096]).await;
                    let _ = connection.write_all(answer.as_bytes()).await;
                    while is_endless && connection.write_all(&[b'x'; 8_192]).await.is_ok() {}
                });
            }
        });
        format!("http://user:secret@{address}")
    }

    async fn refused(base: &str) -> String {
        let error = TaskerClient::new(base).unwrap().submit("math.linear", Map::new()).await;
        let message = error.expect_err("refused").to_string();
        assert!(!message.contains("secret"), "{message}");
        message
    }

    #[tokio::test]
    async fn answers_of_others_end_the_submission() {
        for answer in [
            "HTTP/1.1 202 Accepted\r\n\r\nnull",
            "HTTP/1.1 202 Accepted\r\n\r\n[]",
            "HTTP/1.1 202 Accepted\r\n\r\n{}",
            "HTTP/1.1 202 Accepted\r\n\r\n{\"id\": 1}",
            "HTTP/1.1 202 Accepted\r\n\r\n<html>",
            "HTTP/1.1 500 Internal Server Error\r\n\r\n{}",
        ] {
            let message = refused(&serve(answer, false).await).await;
            assert!(message.contains("does not answer as tasker does"), "{answer}: {message}");
        }
        let escapes = "HTTP/1.1 503 Service Unavailable\r\n\r\n\
                       {\"error\": {\"message\": \"a\\u001b[31m\\nb\"}}";
        let message = refused(&serve(escapes, false).await).await;
        assert!(message.ends_with("503 Service Unavailable: a\\u{1b}[31m\\nb"), "{message}");
        let message = refused(&serve("HTTP/1.1 202 Accepted\r\n\r\n", true).await).await;
        assert!(message.contains("the answer has more than 67108864 bytes"), "{message}");
    }

    #[test]
    fn an_address_behind_which_no_path_can_be_put_is_refused() {
        for base in ["http://h:1", "http://h:1/", "https://h/tasker/", "http://user:secret@h"] {
            assert!(TaskerClient::new(base).is_ok(), "{base}");
        }
        for (base, mistake) in [
            ("http://h:1?token=secret", "http://h:1?… is not the address of an API (nothing may"),
            ("http://h:1/#secret", "nothing may stand behind its path"),
            ("http://h:1?", "nothing may stand behind its path"),
            ("h:1", "it does not begin with `http://`"),
            ("ftp://user:secret@h", "it does not begin with `http://`"),
            ("127.0.0.1:1", "relative URL without a base"),
            ("", "relative URL without a base"),
        ] {
            let message = TaskerClient::new(base).expect_err(base).to_string();
            assert!(message.contains(mistake), "{base}: {message}");
            assert!(!message.contains("secret"), "{base}: {message}");
        }
    }

    #[tokio::test]
    async fn a_task_without_a_state_is_not_waited_for() {
        let base = serve("HTTP/1.1 200 OK\r\n\r\n{\"id\": \"1\"}", false).await;
        let error = TaskerClient::new(&base).unwrap().ended("1", Duration::from_mins(1)).await;
        assert!(matches!(error, Err(ClientError::Foreign { .. })), "{error:?}");
    }

    #[tokio::test]
    async fn a_task_is_read_with_numbers_that_are_too_large() {
        let answer = "HTTP/1.1 200 OK\r\n\r\n\
                      {\"id\": \"0197f3a0-0000-7000-8000-000000000001\", \
                      \"correlation_id\": \"a\", \"workflow\": \"b\", \"state\": \"complete\", \
                      \"steps\": [{\"name\": \"c\", \"state\": \"complete\", \"attempt\": 1, \
                      \"output\": {\"n\": 1e400}}]}";
        let base = serve(answer, false).await;
        let client = TaskerClient::new(&base).unwrap();
        let task = client.ended("1", Duration::from_mins(1)).await.unwrap();
        let shown = serde_json::to_string(&task).unwrap();
        assert!(shown.contains("\"output\":{\"n\": 1e400}"), "{shown}");
    }
}
