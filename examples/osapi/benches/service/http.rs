//! An HTTP client that costs little beside the service: it parses only the needed parts of answers.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
};

/// Connections that submit jobs, each with one request at a time.
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

    /// The body of a scrape.
    pub(crate) fn scrape(&mut self) -> String {
        let (status, body) = self.get("/metrics");
        assert_eq!(status, 200, "{body}");
        body
    }

    fn get(&mut self, path: &str) -> (u16, String) {
        write!(self.stream, "GET {path} HTTP/1.1\r\nHost: osapi\r\n\r\n").expect("a request");
        self.answer()
    }

    /// Submits this number of jobs, and returns the id of the last one.
    fn submit(&mut self, jobs: usize) -> String {
        let request = format!(
            "POST /jobs HTTP/1.1\r\nHost: osapi\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{JOB}",
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

    /// Waits until the job is over, and checks that it has completed.
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

/// Runs this number of jobs over several connections, and returns when all of them have ended.
pub(crate) fn run_jobs(address: SocketAddr, jobs: usize) {
    let share = jobs.div_ceil(CONNECTIONS);
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut connection = Connection::open(address);
                let last = connection.submit(share);
                // Jobs start in the order of their submission, so when the last job of each
                // connection has ended, the others have ended too.
                connection.finished(&last);
            });
        }
    });
}
