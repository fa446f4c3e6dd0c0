//! A client that costs little beside the service: answers are only looked at as far as needed.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
};

/// Connections with jobs, each with one request under way.
const CONNECTIONS: usize = 16;

const JOB: &str = r#"{"operation": "wait", "args": {"millis": 0}}"#;

/// A kept-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the service listens");
        stream.set_nodelay(true).expect("a TCP connection");
        let answers = BufReader::with_capacity(64 * 1024, stream.try_clone().expect("a handle"));
        Self { stream, answers }
    }

    /// What the service exposes.
    pub(crate) fn scrape(&mut self) -> String {
        let (status, body) = self.get("/metrics");
        assert_eq!(status, 200, "{body}");
        body
    }

    fn get(&mut self, path: &str) -> (u16, String) {
        write!(self.stream, "GET {path} HTTP/1.1\r\nHost: osapi\r\n\r\n").expect("a request");
        self.answer()
    }

    /// Submits so many jobs, and returns the id of the last one.
    fn submit(&mut self, jobs: usize) -> String {
        let request = format!(
            "POST /jobs HTTP/1.1\r\nHost: osapi\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{JOB}",
            JOB.len()
        );
        let mut last = String::new();
        for _ in 0..jobs {
            self.stream.write_all(request.as_bytes()).expect("a request");
            let (status, body) = self.answer();
            assert_eq!(status, 202, "{body}");
            last = body;
        }
        let (_, id) = last.split_once(r#""id":""#).expect("an id");
        id.split('"').next().expect("an id").to_owned()
    }

    fn finished(&mut self, id: &str) {
        let (status, record) = self.get(&format!("/jobs/{id}?wait=30s"));
        assert_eq!(status, 200, "{record}");
        assert!(record.contains(r#""completed""#), "{record}");
    }

    /// Status and body of the next answer.
    fn answer(&mut self) -> (u16, String) {
        let status = self.line();
        let status = status.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut length = 0;
        loop {
            let line = self.line();
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').expect("a header");
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.answers.read_exact(&mut body).expect("a body");
        (status.expect("a status"), String::from_utf8(body).expect("UTF-8"))
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a line");
        assert!(line.ends_with("\r\n"), "the service has closed the connection");
        line.truncate(line.len() - 2);
        line
    }
}

/// Runs so many jobs over several connections, and returns when all of them have ended.
pub(crate) fn run_jobs(address: SocketAddr, jobs: usize) {
    let share = jobs.div_ceil(CONNECTIONS);
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut connection = Connection::open(address);
                let last = connection.submit(share);
                // Jobs are taken in the order in which they came, and the last ones run at the same time.
                connection.finished(&last);
            });
        }
    });
}
