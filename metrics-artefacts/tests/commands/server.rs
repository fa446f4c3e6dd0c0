use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

/// What an endpoint answers.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A status line, headers, and a body that ends with the connection.
    Body { status: &'static str, headers: String, body: Vec<u8> },
    /// Nothing, until the client goes away.
    Silence,
    /// The beginning of a body, and then nothing.
    Beginning(&'static str),
    /// Bytes for as long as the client reads them.
    Endless(&'static str),
}

impl Answer {
    /// An answer with the status 200.
    pub(crate) fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = format!("Content-Type: {content_type}\r\n");
        Self::Body { status: "200 OK", headers, body: body.into() }
    }

    /// An exposition in the text format.
    pub(crate) fn text(body: &str) -> Self {
        Self::ok("text/plain; version=0.0.4", body)
    }

    /// An exposition in `OpenMetrics`.
    pub(crate) fn open(body: &str) -> Self {
        Self::ok("application/openmetrics-text; version=1.0.0", body)
    }
}

/// Answers every request with what `answer` makes of its path; gives the address of the server,
/// which lives as long as the test.
pub(crate) fn serve_with(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let answer = &answer;
        thread::scope(|scope| {
            for stream in listener.incoming().flatten() {
                scope.spawn(move || respond(stream, answer));
            }
        });
    });
    format!("http://{address}")
}

/// The address of an endpoint with this one answer.
pub(crate) fn serve(answer: Answer) -> String {
    format!("{}/metrics", serve_with(move |_| answer.clone()))
}

/// Fails where the client has gone away.
fn respond(mut stream: TcpStream, answer: impl Fn(&str) -> Answer) -> Option<()> {
    let mut request = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    request.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    while line.trim_end() != "" {
        line.clear();
        request.read_line(&mut line).ok()?;
    }
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n";
    match answer(&path) {
        Answer::Body { status, headers, body } => {
            write!(stream, "HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n").ok()?;
            stream.write_all(&body).ok()
        }
        Answer::Silence => request.read(&mut [0]).map(drop).ok(),
        Answer::Beginning(body) => {
            write!(stream, "{head}{body}").ok()?;
            request.read(&mut [0]).map(drop).ok()
        }
        Answer::Endless(line) => {
            stream.write_all(head.as_bytes()).ok()?;
            let lines = line.repeat(10_000);
            loop {
                stream.write_all(lines.as_bytes()).ok()?;
            }
        }
    }
}
