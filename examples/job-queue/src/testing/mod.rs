//! What the unit tests share: servers on free ports, connectors with a temporary cache.

use std::{
    future::pending,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
};

use crate::{
    connectors::Connectors,
    http_client::HttpClient,
    models::{ModelCache, ModelCacheOptions, generate},
};

/// Longer than anything that a test waits for.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// How long a server may be silent that never answers.
pub(crate) const IMPATIENCE: Duration = Duration::from_millis(50);

/// The address of no server.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A server with the models, on a free port, until it is dropped.
#[derive(Debug)]
pub(crate) struct ModelServer {
    pub(crate) base: String,
    downloads: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl ModelServer {
    pub(crate) async fn start() -> Self {
        let downloads = Arc::<AtomicUsize>::default();
        let counter = Arc::clone(&downloads);
        let model = move |Path(name): Path<String>| async move {
            counter.fetch_add(1, Ordering::SeqCst);
            match name.as_str() {
                "damaged" => vec![7; 1_000].into_response(),
                "broken" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
                "silent" => pending().await,
                name => generate(name).ok_or(StatusCode::NOT_FOUND).into_response(),
            }
        };
        let (base, task) = serve(Router::new().route("/models/{name}", get(model))).await;
        Self { base, downloads, task }
    }

    /// The number of requests so far.
    pub(crate) fn downloads(&self) -> usize {
        self.downloads.load(Ordering::SeqCst)
    }

    /// Ends the server; its port refuses connections then.
    pub(crate) async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// Serves requests on a free port of the loopback, and returns the address.
pub(crate) async fn serve(router: Router) -> (String, JoinHandle<()>) {
    let (listener, base) = listen().await;
    let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (base, task)
}

/// A text that is served at an address.
pub(crate) async fn serve_text(text: &'static str) -> String {
    let answer = move || async move { Response::new(text.to_owned()) };
    serve(Router::new().route("/", get(answer))).await.0
}

/// A server that sends a few bytes of an answer and ends the connection.
pub(crate) async fn serve_half() -> String {
    serve_raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await
}

/// A server that answers with these bytes and ends the connection.
pub(crate) async fn serve_raw(answer: &'static str) -> String {
    let (listener, base) = listen().await;
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = [0; 1_024];
            let _ = connection.read(&mut request).await;
            let _ = connection.write_all(answer.as_bytes()).await;
        }
    });
    base
}

/// An address where nobody listens, and the socket that keeps its port.
pub(crate) fn refusing() -> io::Result<(String, TcpSocket)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    Ok((format!("http://{}", socket.local_addr()?), socket))
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    (listener, base)
}

/// Connectors with a cache in a temporary folder.
#[derive(Debug)]
pub(crate) struct TestConnectors {
    pub(crate) connectors: Connectors,
    _folder: TempDir,
}

impl TestConnectors {
    /// Models come from this address.
    pub(crate) fn new(base: &str) -> Self {
        Self::with(base, LIMIT)
    }

    /// For a server that never answers: nobody waits for another server for so short a time.
    pub(crate) fn impatient() -> Self {
        Self::with(NOWHERE, IMPATIENCE)
    }

    fn with(base: &str, response_timeout: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let http = HttpClient::new(response_timeout).unwrap();
        let options = ModelCacheOptions {
            base: base.to_owned(),
            folder: folder.path().to_owned(),
            limit: 16 << 20,
            download_timeout: LIMIT,
        };
        let models = ModelCache::open(options, http.clone()).unwrap();
        let connectors = Connectors { http, models, memory_limit: 8 << 20 };
        Self { connectors, _folder: folder }
    }

    /// For jobs that need no model.
    pub(crate) fn without_models() -> Self {
        Self::new(NOWHERE)
    }
}
