//! Clients that read or write a byte now and then, or nothing.

use std::{
    io::ErrorKind,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Instant,
};

use super::*;

/// More than the system's buffers on both sides can hold.
const LENGTH: usize = 64 << 20;
/// Short, so that a test of a slow client does not take long.
const SHORT: Duration = Duration::from_millis(200);

/// Limits that no step reaches, except as the test says.
fn limits(change: impl FnOnce(&mut ServerLimits)) -> ServerLimits {
    let mut limits = ServerLimits::default();
    (limits.head_timeout, limits.write_timeout) = (PATIENCE, PATIENCE);
    change(&mut limits);
    limits
}

/// An endpoint that allows one scrape at a time, whose body is too long for the system's buffers.
fn long(scrape_timeout: Duration) -> Endpoint {
    let render = |_| Ok("#".repeat(LENGTH - 1) + "\n");
    let source = FixedSource { render: Box::new(render), ..FixedSource::default() };
    let config =
        MetricsConfig { max_concurrent_scrapes: 1, scrape_timeout, ..MetricsConfig::default() };
    configured(Arc::new(source), &config).unwrap()
}

impl Connection {
    /// Reads the head of the answer only.
    fn status(&mut self) -> u16 {
        let status = self.line();
        while !self.line().is_empty() {}
        status.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// The number of bytes before the connection ends.
    fn rest(mut self) -> usize {
        let mut buffer = vec![0; 1 << 16];
        let mut length = 0;
        loop {
            match self.0.read(&mut buffer) {
                Ok(0) => return length,
                Ok(read) => length += read,
                // Bytes that were not read when the server closed the connection are lost.
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return length,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// Waits until the only permit is free, and returns whether it became free.
fn gets_free(server: &Server) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if server.ask("HEAD", "/metrics", &[]).status == 200 {
            return true;
        }
    }
    false
}

#[test]
fn a_reader_holds_its_permit_until_it_has_read() {
    for server in Server::all(&long(Duration::from_secs(300))) {
        let mut reader = Connection::to(server.address);
        reader.send("GET", "/metrics", &["Connection: close"]);
        assert_eq!(reader.status(), 200);
        let refused = server.ask("GET", "/metrics", &[]);
        assert_eq!(refused.status, 503);
        assert!(refused.text().contains("max_concurrent_scrapes"), "{}", refused.text());
        assert_eq!(reader.rest(), LENGTH);
        assert!(gets_free(&server));
    }
}

#[test]
fn a_reader_that_is_too_slow_loses_its_permit_and_gets_no_end() {
    for server in Server::all(&long(Duration::from_millis(1500))) {
        let mut reader = Connection::to(server.address);
        reader.send("GET", "/metrics", &["Connection: close"]);
        assert_eq!(reader.status(), 200);
        assert!(gets_free(&server), "nobody else can ever scrape");
        // The client now reads the bytes that were on their way.
        assert!(reader.rest() < LENGTH);
    }
}

#[test]
fn a_reader_that_reads_nothing_loses_its_connection() {
    let limits = limits(|limits| limits.write_timeout = SHORT);
    let server = Server::within(limits, long(Duration::from_secs(300)));
    let mut reader = Connection::to(server.address);
    reader.send("GET", "/metrics", &[]);
    assert_eq!(reader.status(), 200);
    assert!(gets_free(&server), "the connection is not given up");
    assert!(reader.rest() < LENGTH);
}

#[test]
fn a_reader_of_a_byte_now_and_then_loses_its_connection() {
    let limits = limits(|limits| limits.write_timeout = SHORT);
    let server = Server::within(limits, long(Duration::from_secs(300)));
    let mut reader = Connection::to(server.address);
    reader.send("GET", "/metrics", &[]);
    assert_eq!(reader.status(), 200);

    let (stop, stopped) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let slow = scope.spawn(move || {
            let pause = SHORT / 10;
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let _ = reader.0.read(&mut [0; 1]);
            }
            reader.rest()
        });
        assert!(gets_free(&server), "the connection is not given up");
        drop(stop);
        assert!(slow.join().unwrap() < LENGTH);
    });
}

#[test]
fn a_head_that_comes_byte_by_byte_has_a_time_limit() {
    let limits = limits(|limits| limits.head_timeout = SHORT);
    let server = Server::within(limits, endpoint(FixedSource::default()));
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(SHORT / 10)).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
    let begin = Instant::now();
    loop {
        assert!(begin.elapsed() < PATIENCE, "the connection is not given up");
        if stream.write_all(b"x").is_err() {
            break;
        }
        // The read waits, and reports the end of the connection; an answer may come before it.
        match stream.read(&mut [0; 1024]) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
    assert_eq!(server.ask("GET", "/metrics", &[]).status, 200);
}

#[test]
fn connections_beyond_the_limit_wait_until_one_ends() {
    let limits = limits(|limits| limits.max_connections = 2);
    let server = Server::within(limits, endpoint(FixedSource::default()));
    let mut open = [Connection::to(server.address), Connection::to(server.address)];
    for connection in &mut open {
        assert_eq!(connection.ask("GET", "/health", &[]).status, 200);
    }
    let mut further = Connection::to(server.address);
    further.send("GET", "/health", &[]);
    further.0.get_ref().set_read_timeout(Some(SHORT)).unwrap();
    let early = further.0.fill_buf().map(<[u8]>::len);
    assert!(early.is_err(), "an answer of {early:?} bytes while two other connections are open");

    let [first, _second] = open;
    drop(first);
    further.0.get_ref().set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(further.answer("GET").status, 200);
}
