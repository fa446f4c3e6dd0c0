//! Requests to the engine.

use std::{
    error::Error,
    future::{Future, poll_fn},
    io,
    path::PathBuf,
    pin::pin,
    task::Poll,
    time::Duration,
};

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header,
};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, de::DeserializeOwned};
use tokio::{net::UnixStream, time::timeout};

/// The engine behind a socket.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) socket: PathBuf,
    /// The longest time that one request takes.
    pub(super) timeout: Duration,
}

/// Why a request failed. The text has the cause: it is for a line of the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    #[error("cannot connect to {}: {source}", .socket.display())]
    Connect { socket: PathBuf, source: io::Error },
    #[error("no answer to GET {path} from {} for {time:?}", .socket.display())]
    TimedOut { path: String, socket: PathBuf, time: Duration },
    #[error("no answer to GET {path}: {source}")]
    Http { path: String, source: hyper::Error },
    #[error("the answer to GET {path} cannot be read: {source}")]
    Body { path: String, source: Box<dyn Error + Send + Sync> },
    #[error("{path} is not a path: {source}")]
    Path { path: String, source: hyper::http::uri::InvalidUri },
    #[error("GET {path} is not known at {}, so this is not an engine", .socket.display())]
    Unknown { path: String, socket: PathBuf },
    #[error("GET {path} is answered with {status}: {message}")]
    Status { path: String, status: StatusCode, message: String },
    #[error("the answer to GET {path} is not what an engine answers: {source}")]
    Answer { path: String, source: serde_json::Error },
}

/// The largest answer: a list of some ten thousand containers.
const LARGEST: usize = 64 << 20;

impl Engine {
    /// The answer to a request; `None` for a container that does not exist or does not run any
    /// more.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<T>, RequestError> {
        let answer = timeout(self.timeout, self.request(path)).await;
        let (status, body) = answer.unwrap_or_else(|_| {
            let (socket, time) = (self.socket.clone(), self.timeout);
            Err(RequestError::TimedOut { path: path.to_owned(), socket, time })
        })?;
        match status {
            // Podman answers nothing about the statistics of a container that has ended.
            StatusCode::OK if body.is_empty() => Ok(None),
            StatusCode::OK => serde_json::from_slice(&body)
                .map(Some)
                .map_err(|source| RequestError::Answer { path: path.to_owned(), source }),
            StatusCode::NOT_FOUND | StatusCode::CONFLICT => Ok(None),
            _ => {
                let message = message(&body);
                Err(RequestError::Status { path: path.to_owned(), status, message })
            }
        }
    }

    /// Sends a request on a connection of its own, which is cheap on a unix socket.
    async fn request(&self, path: &str) -> Result<(StatusCode, Bytes), RequestError> {
        let http = |source| RequestError::Http { path: path.to_owned(), source };
        let stream = UnixStream::connect(&self.socket).await;
        let stream = stream
            .map_err(|source| RequestError::Connect { socket: self.socket.clone(), source })?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(http)?;
        let mut exchange = pin!(exchange(sender, path));
        let mut connection = pin!(connection);
        let mut is_open = true;
        // The connection is driven here, and not by a task, which would live on after a time-out.
        poll_fn(|context| {
            // An error of the connection is the error of the exchange too.
            is_open = is_open && connection.as_mut().poll(context).is_pending();
            match exchange.as_mut().poll(context) {
                Poll::Pending if !is_open => exchange.as_mut().poll(context),
                answer => answer,
            }
        })
        .await
    }
}

/// Sends a request and reads the answer.
async fn exchange(
    mut sender: SendRequest<Empty<Bytes>>,
    path: &str,
) -> Result<(StatusCode, Bytes), RequestError> {
    let http = |source| RequestError::Http { path: path.to_owned(), source };
    let mut request = Request::new(Empty::new());
    let uri = path.parse();
    *request.uri_mut() =
        uri.map_err(|source| RequestError::Path { path: path.to_owned(), source })?;
    let headers = request.headers_mut();
    headers.insert(header::HOST, header::HeaderValue::from_static("docker"));
    headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    let answer = sender.send_request(request).await.map_err(http)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), LARGEST).collect().await;
    let body = body.map_err(|source| RequestError::Body { path: path.to_owned(), source })?;
    Ok((status, body.to_bytes()))
}

/// The message of an answer that is an error.
fn message(body: &[u8]) -> String {
    const LONGEST: usize = 300;
    #[derive(Deserialize)]
    struct Failure {
        message: String,
    }
    let message = match serde_json::from_slice::<Failure>(body) {
        Ok(failure) => failure.message,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    message.trim().chars().take(LONGEST).collect()
}
