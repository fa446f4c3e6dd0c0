//! Clients that make mistakes, or leave in the middle of something.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
    time::Duration,
};

/// Clients of each kind in a round.
const CLIENTS: usize = 10;

/// What a client sends, and whether it reads the answer before it leaves.
struct Client {
    request: Vec<u8>,
    reads: bool,
}

/// Lets [`CLIENTS`] of each kind come and go, and returns how many came. Those that leave without
/// an answer leave while the others are served.
pub(crate) fn come_and_go(address: SocketAddr) -> usize {
    let clients = clients();
    thread::scope(|scope| {
        for client in &clients {
            scope.spawn(|| (0..CLIENTS).for_each(|_| client.run(address)));
        }
    });
    clients.len() * CLIENTS
}

impl Client {
    fn leaves(request: impl Into<Vec<u8>>) -> Self {
        Self { request: request.into(), reads: false }
    }

    fn reads(request: impl Into<Vec<u8>>) -> Self {
        Self { request: request.into(), reads: true }
    }

    /// The service may close the connection at any time, so nothing here has to succeed.
    fn run(&self, address: SocketAddr) {
        let mut stream = TcpStream::connect(address).expect("the service listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time-out");
        let _ = stream.write_all(&self.request);
        if self.reads {
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
    }
}

fn clients() -> Vec<Client> {
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: osapi\r\n\r\n");
    let post = |body: &str| {
        format!(
            "POST /jobs HTTP/1.1\r\nHost: osapi\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let job = |operation: &str, args: &str| {
        post(&format!(r#"{{"operation": "{operation}", "args": {args}}}"#))
    };
    let cut = |request: String| request[..request.len() - 10].to_owned();
    vec![
        // Nothing, a part of a head, a part of a body.
        Client::leaves(""),
        Client::leaves("GET /met"),
        Client::leaves(cut(job("wait", r#"{"millis": 0}"#))),
        // A whole request, and nobody who reads the answer.
        Client::leaves(get("/metrics")),
        Client::leaves(get("/jobs/00000000-0000-0000-0000-000000000000?wait=1s")),
        Client::leaves(job("wait", r#"{"millis": 100}"#)),
        // Mistakes.
        Client::reads("NONSENSE\r\n\r\n"),
        Client::reads(get("/no/such/path")),
        Client::reads(get("/jobs/%ff")),
        Client::reads(post("[1, 2")),
        Client::reads(job(&"x".repeat(10_000), "{}")),
        Client::reads(job("wait", r#"{"millis": -1}"#)),
        // A job that fails.
        Client::reads(job("file.sha256", r#"{"path": "no/such/file"}"#)),
    ]
}
