//! An engine that answers from a table, on a unix socket in a temporary folder.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    Request, Response,
    body::{Bytes, Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::UnixListener, runtime::Builder, sync::oneshot, task::JoinSet};

/// What is answered to a request.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// This status and body.
    Of(u16, String),
    /// The beginning of a body, and then the end of the connection.
    Cut(String),
    /// Nothing, and the connection stays.
    Silence,
}

/// The engine. It listens until it is stopped or dropped.
pub(super) struct TestEngine {
    folder: TempDir,
    state: Arc<State>,
    listening: Option<Listening>,
}

struct Listening {
    end: oneshot::Sender<()>,
    thread: thread::JoinHandle<()>,
}

#[derive(Default)]
struct State {
    containers: Mutex<BTreeMap<String, Entry>>,
    /// Answers to paths, before those of the containers.
    answers: Mutex<BTreeMap<String, Answer>>,
    requests: Mutex<Vec<String>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    /// Requests for statistics wait until this number of requests is open.
    waits_for: AtomicUsize,
}

/// A container of the engine.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) listed: Value,
    pub(super) inspected: Value,
    pub(super) stats: Value,
}

/// A recorded answer.
pub(super) fn answer(text: &str) -> Value {
    serde_json::from_str(text).expect("a recorded answer is JSON")
}

pub(super) fn cgroup_v2() -> Value {
    answer(include_str!("answers/cgroup_v2_stats.json"))
}

pub(super) fn cgroup_v1() -> Value {
    answer(include_str!("answers/cgroup_v1_stats.json"))
}

impl Entry {
    pub(super) fn new(name: &str, stats: Value) -> Self {
        let mut listed = answer(include_str!("answers/list_entry.json"));
        listed["Names"] = json!([format!("/{name}")]);
        Self { listed, inspected: answer(include_str!("answers/inspect.json")), stats }
    }

    fn with_id(mut self, id: &str) -> Self {
        self.listed["Id"] = id.into();
        self.inspected["Id"] = id.into();
        self.stats["id"] = id.into();
        self
    }
}

impl TestEngine {
    /// An engine without containers that listens.
    pub(super) fn start() -> Self {
        let mut engine = Self::absent();
        engine.listen();
        engine
    }

    /// An engine that does not listen yet, and has no socket.
    pub(super) fn absent() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self { folder, state: Arc::default(), listening: None }
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    pub(super) fn listen(&mut self) {
        let (end, ended) = oneshot::channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let (socket, state) = (self.socket(), Arc::clone(&self.state));
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
            runtime.block_on(async {
                let listener = UnixListener::bind(socket).expect("a socket");
                ready.send(()).expect("the test waits");
                let mut connections = JoinSet::new();
                let serve = async {
                    loop {
                        let (stream, _) = listener.accept().await.expect("a connection");
                        let state = Arc::clone(&state);
                        connections.spawn(async move {
                            let service =
                                service_fn(move |request| respond(state.clone(), request));
                            let stream = TokioIo::new(stream);
                            // Ends with an error if the client does not wait for the answer.
                            let _ = http1::Builder::new().serve_connection(stream, service).await;
                        });
                    }
                };
                tokio::select! {
                    () = serve => {}
                    _ = ended => {}
                }
            });
        });
        is_ready.recv().expect("the engine listens");
        self.listening = Some(Listening { end, thread });
    }

    /// Ends the engine, with its connections and its socket.
    pub(super) fn stop(&mut self) {
        if let Some(Listening { end, thread }) = self.listening.take() {
            let _ = end.send(());
            thread.join().expect("the engine ends");
            std::fs::remove_file(self.socket()).expect("the socket is there");
        }
    }

    /// Adds a container, or replaces it. The id is made from the name.
    pub(super) fn run(&self, name: &str, entry: Entry) {
        let id = id(name);
        self.lock().insert(id.clone(), entry.with_id(&id));
    }

    /// Changes a container.
    pub(super) fn change(&self, name: &str, change: impl FnOnce(&mut Entry)) {
        change(self.lock().get_mut(&id(name)).expect("the container runs"));
    }

    pub(super) fn remove(&self, name: &str) {
        self.lock().remove(&id(name));
    }

    /// Answers requests that begin with this path in this way, until [`mend`](Self::mend).
    pub(super) fn answer(&self, path: &str, answer: Answer) {
        lock(&self.state.answers).insert(path.to_owned(), answer);
    }

    /// The path of the statistics of a container.
    pub(super) fn stats_of(name: &str) -> String {
        format!("/containers/{}/stats", id(name))
    }

    pub(super) fn mend(&self) {
        lock(&self.state.answers).clear();
    }

    /// The requests so far.
    pub(super) fn requests(&self) -> Vec<String> {
        lock(&self.state.requests).clone()
    }

    /// Holds requests for statistics until so many are open.
    pub(super) fn wait_for(&self, open: usize) {
        self.state.waits_for.store(open, Ordering::SeqCst);
    }

    /// The most requests for statistics that were open at a time.
    pub(super) fn most_open(&self) -> usize {
        self.state.most_open.load(Ordering::SeqCst)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        lock(&self.state.containers)
    }
}

impl Drop for TestEngine {
    fn drop(&mut self) {
        self.stop();
    }
}

/// 64 digits, as engines make them.
fn id(name: &str) -> String {
    let digits = name.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
    format!("{digits:0<64}")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Body = BoxBody<Bytes, std::io::Error>;

async fn respond(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    assert_eq!(request.method(), "GET");
    let path = request.uri().path_and_query().expect("a path").to_string();
    lock(&state.requests).push(path.clone());
    if path.contains("/stats") {
        state.hold().await;
    }
    let answer = state.answer(&path);
    Ok(match answer {
        Answer::Of(status, body) => {
            let body = Full::new(Bytes::from(body)).map_err(|never| match never {});
            Response::builder().status(status).body(body.boxed()).expect("a response")
        }
        Answer::Cut(begin) => {
            let frames = [
                Ok(Frame::data(Bytes::from(begin))),
                Err(std::io::Error::other("the engine is cut off")),
            ];
            Response::new(StreamBody::new(futures_util::stream::iter(frames)).boxed())
        }
        Answer::Silence => std::future::pending().await,
    })
}

impl State {
    /// Counts an open request, and holds it until enough others are open.
    async fn hold(&self) {
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_open.fetch_max(open, Ordering::SeqCst);
        while self.most_open.load(Ordering::SeqCst) < self.waits_for.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        self.open.fetch_sub(1, Ordering::SeqCst);
    }

    fn answer(&self, path: &str) -> Answer {
        let answers = lock(&self.answers);
        if let Some((_, answer)) = answers.iter().find(|(begin, _)| path.starts_with(*begin)) {
            return answer.clone();
        }
        drop(answers);
        let containers = lock(&self.containers);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        if path == "/containers/json" {
            let list: Vec<_> = containers.values().map(|entry| &entry.listed).collect();
            return Answer::Of(200, json!(list).to_string());
        }
        let found = path.strip_prefix("/containers/").and_then(|path| path.split_once('/'));
        let found = found.and_then(|(id, what)| Some((containers.get(id)?, what)));
        match found {
            Some((entry, "stats")) => {
                assert_eq!(query, "stream=false&one-shot=true");
                Answer::Of(200, entry.stats.to_string())
            }
            Some((entry, "json")) => Answer::Of(200, entry.inspected.to_string()),
            _ => Answer::Of(404, json!({ "message": "No such container" }).to_string()),
        }
    }
}
