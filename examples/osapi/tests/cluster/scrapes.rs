//! Scrapes that come often, all at once, or slowly: the jobs go on, and every scrape gets its
//! answer.

use std::{net::SocketAddr, time::Duration};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{MissedTickBehavior, interval},
};

use crate::support::{Api, Cluster, Job, Program, Store};

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_every_10_milliseconds_beside_full_load() {
    let Some(cluster) = Cluster::start(2).await else { return };
    let store = Store::open(&cluster.nats).await;
    let load = cluster.client().load(&Job::wait(Duration::ZERO));
    join_all(cluster.programs().map(scrape_again_and_again)).await;
    load.goes_on(100).await;
    store.each_ended_once(&load.stop().await).await;
}

/// Scrapes 300 times and checks that no counter falls.
async fn scrape_again_and_again(program: &Program) {
    let counters = ["osapi_jobs_created_total", "osapi_jobs_completed_total"];
    let mut before = counters.map(|_| 0.0);
    let mut pace = interval(Duration::from_millis(10));
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..300 {
        pace.tick().await;
        let samples = program.scrape().await;
        let now = counters.map(|name| samples.sum(name, &[]));
        assert!(now[0] >= before[0] && now[1] >= before[1], "{before:?}, then {now:?}");
        before = now;
    }
    assert!(before[0] + before[1] > 0.0, "the load was counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_scrapes_at_once() {
    const SCRAPES: usize = 200;

    let Some(cluster) = Cluster::start(1).await else { return };
    let store = Store::open(&cluster.nats).await;
    let load = cluster.client().load(&Job::wait(Duration::ZERO));
    load.goes_on(100).await;
    for program in cluster.programs() {
        let connected = join_all((0..SCRAPES).map(|_| connect(program))).await;
        let answers = join_all(connected.into_iter().map(ask)).await;
        let rendered = answers.iter().filter(|answer| check(answer) == 200).count();
        // The limit on scrapes at the same time answers the others with 503 and Retry-After.
        assert!(rendered >= 1, "no scrape got the metrics");
        assert_eq!(answers.len(), SCRAPES);
        assert!(program.scrape().await.series() > 0, "the next scrape is served");
    }
    load.goes_on(100).await;
    store.each_ended_once(&load.stop().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_read_one_byte_a_second() {
    const CLIENTS: usize = 20;

    let Some(mut cluster) = Cluster::start(1).await else { return };
    let store = Store::open(&cluster.nats).await;
    let api = cluster.client();
    let readers = cluster.programs().flat_map(|program| (0..CLIENTS).map(move |_| program));
    let readers: Vec<_> = readers.map(|program| tokio::spawn(read_slowly(program))).collect();
    run_jobs(&api, &store).await;
    for program in cluster.programs() {
        assert!(program.scrape().await.series() > 0, "an ordinary scrape is served");
    }
    assert!(readers.iter().any(|reader| !reader.is_finished()), "a slow client is still there");

    // Slow clients do not delay the stop.
    for program in [&mut cluster.agents[0], &mut cluster.api] {
        program.signal("TERM");
        let status = program.ended().await;
        assert!(status.success(), "{status}");
    }
    for reader in readers {
        reader.abort();
    }
}

async fn run_jobs(api: &Api, store: &Store) {
    let ids = api.submit_all(300, |_| Job::wait(Duration::ZERO)).await;
    store.each_ended_once(&ids).await;
}

/// Asks for the metrics and reads a byte a second, through a window as small as the system makes
/// it.
fn read_slowly(program: &Program) -> impl Future<Output = ()> + use<> {
    let address = address(program);
    async move {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(1).expect("the smallest buffer there is");
        let mut stream = socket.connect(address).await.expect("a connection");
        stream.write_all(REQUEST).await.expect("a request");
        let mut pace = interval(Duration::from_secs(1));
        // The server may close the connection.
        while stream.read_u8().await.is_ok() {
            pace.tick().await;
        }
    }
}

const REQUEST: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: osapi\r\nConnection: close\r\n\r\n";

async fn connect(program: &Program) -> TcpStream {
    TcpStream::connect(address(program)).await.expect("a connection")
}

fn address(program: &Program) -> SocketAddr {
    program.address().parse().expect("an address")
}

/// Sends a request and reads all of the answer.
async fn ask(mut stream: TcpStream) -> String {
    stream.write_all(REQUEST).await.expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

/// Checks that an answer is complete, and returns its status.
fn check(answer: &str) -> u16 {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let head = head.to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    if let Some(length) = length {
        assert_eq!(length, body.len().to_string(), "{head}");
    }
    match status {
        Some(200) => assert!(body.contains("\nosapi_nats_connected 1\n"), "{answer}"),
        Some(503) => assert!(head.contains("\nretry-after: "), "{answer}"),
        _ => panic!("{answer}"),
    }
    status.expect("checked above")
}
