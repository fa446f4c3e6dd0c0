//! Scrapes, and what one costs.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::process::FleetProcess;

/// The scrapes of which the cost is the mean.
const SCRAPES: u32 = 10;

/// What one scrape costs.
#[derive(Debug)]
pub(crate) struct ScrapeCost {
    /// The series in it, as Prometheus counts them.
    pub(crate) series: usize,
    pub(crate) plain_bytes: usize,
    pub(crate) gzip_bytes: usize,
    pub(crate) plain_processor: Duration,
    pub(crate) gzip_processor: Duration,
    pub(crate) gzip_time: Duration,
    /// The resident memory of the process before the first scrape and afterwards.
    pub(crate) resident: (u64, u64),
}

impl ScrapeCost {
    /// Measures a fleet all of whose series change between scrapes.
    pub(crate) fn of(fleet: &mut FleetProcess, workers: usize) -> Self {
        let before = fleet.resident();
        let text = get(fleet.address(), "/metrics", false);
        let text = String::from_utf8(text).expect("UTF-8");
        let (plain, plain_bytes) = mean(fleet, workers, false);
        let (gzip, gzip_bytes) = mean(fleet, workers, true);
        Self {
            series: samples(&text).count(),
            plain_bytes,
            gzip_bytes,
            plain_processor: plain.0,
            gzip_processor: gzip.0,
            gzip_time: gzip.1,
            resident: (before, fleet.resident()),
        }
    }
}

/// The processor time and the time of a scrape, and its size.
fn mean(fleet: &mut FleetProcess, workers: usize, gzip: bool) -> ((Duration, Duration), usize) {
    let (mut processor, mut time, mut bytes) = (Duration::ZERO, Duration::ZERO, 0);
    for _ in 0..SCRAPES {
        fleet.work(workers);
        let (used, begun) = (fleet.processor_time(), Instant::now());
        bytes = get(fleet.address(), "/metrics", gzip).len();
        time += begun.elapsed();
        processor += fleet.processor_time().saturating_sub(used);
    }
    ((processor / SCRAPES, time / SCRAPES), bytes)
}

/// The lines of an exposition that have a sample.
pub(crate) fn samples(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// The sum of the samples of this name, whatever their labels; 0 if there is none.
pub(crate) fn sum(text: &str, name: &str) -> f64 {
    let of_line = |line: &str| -> Option<f64> {
        let rest = line.strip_prefix(name)?;
        let value =
            rest.strip_prefix(' ').or_else(|| Some(rest.strip_prefix('{')?.rsplit_once("} ")?.1));
        value?.parse().ok()
    };
    samples(text).filter_map(of_line).sum()
}

/// The body of a successful answer, compressed if that is asked for.
pub(crate) fn get(address: SocketAddr, path: &str, gzip: bool) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let encoding = if gzip { "gzip" } else { "identity" };
    write!(
        stream,
        "GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept-Encoding: {encoding}\r\n\
         Accept: text/plain;version=0.0.4\r\n\r\n"
    )
    .expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("a whole answer");
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    assert_eq!(head.split(' ').nth(1), Some("200"), "{head}");
    assert!(!head.contains("chunked"), "{head}");
    assert_eq!(head.contains("content-encoding: gzip"), gzip, "{head}");
    answer.split_off(end + 4)
}
