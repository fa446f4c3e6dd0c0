//! A program with samples that change at each scrape.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
};

/// Serves what `exposition` returns for the number of the scrape, until the test ends.
pub(super) fn serve(exposition: impl Fn(u64) -> String + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for (scrape, stream) in (1..).zip(listener.incoming().flatten()) {
            // A scrape that Prometheus has given up is no reason to end.
            let _ = answer(stream, &exposition(scrape));
        }
    });
    address
}

fn answer(mut stream: TcpStream, body: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    // The request ends with an empty line.
    while !lines.next().transpose()?.unwrap_or_default().is_empty() {}
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close";
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
