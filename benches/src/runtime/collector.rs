//! An OTLP collector on the loopback interface, so that osapi-metrics exports over HTTP.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// The number of received exports that contain the metrics of jobs.
static REACHED: AtomicUsize = AtomicUsize::new(0);

static URL: LazyLock<String> = LazyLock::new(|| {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("the listener is bound");
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            thread::spawn(move || serve(&connection));
        }
    });
    format!("http://{address}")
});

/// The URL of the collector. The first call starts it.
pub(crate) fn url() -> String {
    URL.clone()
}

/// Whether the collector has received metrics of jobs.
pub(crate) fn reached() -> bool {
    REACHED.load(Ordering::Relaxed) > 0
}

/// Answers each request on a connection until the client closes the connection.
fn serve(connection: &TcpStream) {
    let mut answer = connection;
    let mut requests = BufReader::new(connection);
    while let Some(body) = read_request(&mut requests) {
        if body.windows(NAME.len()).any(|window| window == NAME) {
            REACHED.fetch_add(1, Ordering::Relaxed);
        }
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0";
        if answer.write_all(format!("{head}\r\n\r\n").as_bytes()).is_err() {
            return;
        }
    }
}

const NAME: &[u8] = b"osapi_jobs_completed_total";

fn read_request(from: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = 0;
    for line in from.by_ref().lines() {
        let line = line.ok()?.to_ascii_lowercase();
        if line.is_empty() {
            let mut body = vec![0; length];
            from.read_exact(&mut body).ok()?;
            return Some(body);
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    None
}
