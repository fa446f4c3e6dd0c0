//! Metrics of the runtime itself: scrapes by outcome, and the number of series.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, Metrics, ObservableGauge,
    config::{Environment, MetricsConfig},
};
use osapi_metrics_tests::reading::{Reading, install};

use crate::take_turn;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);
const OUTCOMES: [&str; 8] = [
    "succeeded",
    "failed",
    "timed_out",
    "overloaded",
    "unauthorized",
    "not_acceptable",
    "unavailable",
    "cancelled",
];

#[derive(Clone, Copy, LabelValue, LabelSet)]
#[expect(dead_code, reason = "that the series are there is what counts")]
enum Colour {
    Red,
    Blue,
}

#[derive(LabelSet)]
struct Room {
    #[label(max = 3)]
    room: &'static str,
}

/// Metrics with closed, with open and without labels.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "own_metrics")]
struct Kinds {
    /// Counted.
    #[expect(dead_code, reason = "the registration is what counts")]
    plain_total: Counter,
    /// By colour.
    #[expect(dead_code, reason = "the registration is what counts")]
    level: Gauge<Colour>,
    /// By room.
    heat: Gauge<Room>,
    /// By room.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<Room>,
    /// Observed when a test wants it to.
    held: ObservableGauge,
}

/// The number of scrapes by outcome, in the order of `OUTCOMES`.
fn outcomes(metrics: &Metrics) -> [f64; 8] {
    let reading = Reading::of(metrics);
    OUTCOMES.map(|outcome| {
        reading.number("osapi_metrics_scrapes_total", &[("outcome", outcome)]).unwrap()
    })
}

fn durations(metrics: &Metrics) -> u64 {
    let histogram = Reading::of(metrics).histogram("osapi_metrics_scrape_duration_seconds", &[]);
    histogram.map_or(0, |histogram| histogram.count)
}

/// Sends a request on a connection of its own, which ends with the answer.
fn send(address: SocketAddr, method: &str, headers: &[&str]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let headers: String = headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    let request = format!("{method} /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
    stream.write_all(format!("{request}{headers}\r\n").as_bytes()).unwrap();
    stream
}

fn read(mut stream: TcpStream) -> (u16, String) {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

fn ask(address: SocketAddr, method: &str, headers: &[&str]) -> (u16, String) {
    read(send(address, method, headers))
}

fn serving(mut config: MetricsConfig) -> (tokio::runtime::Runtime, Metrics, SocketAddr) {
    config.listen.set_port(0);
    let builder = Metrics::builder().enabled(true).config(config);
    let metrics = builder.environment(Environment::default()).install().unwrap();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
    let address = runtime.block_on(metrics.serve()).unwrap();
    (runtime, metrics, address)
}

#[test]
fn requests_for_the_metrics_are_counted_by_outcome() {
    let _turn = take_turn();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "s3cret").unwrap();
    let mut config = MetricsConfig::default();
    config.bearer_token_file = Some(file.clone());
    let (_runtime, metrics, address) = serving(config);
    let token = "Authorization: Bearer s3cret";
    let before = (outcomes(&metrics), durations(&metrics));

    assert_eq!(ask(address, "GET", &[]).0, 401);
    assert_eq!(ask(address, "GET", &["Authorization: Bearer guess"]).0, 401);
    assert_eq!(ask(address, "GET", &[token, "Accept: */*;q=0"]).0, 406);
    let (status, answer) = ask(address, "GET", &[token]);
    assert_eq!(status, 200);
    assert!(answer.contains("\nosapi_metrics_scrapes_active 1\n"), "it is one itself: {answer}");
    assert_eq!(ask(address, "HEAD", &[token]).0, 200);
    fs::remove_file(file).unwrap();
    assert_eq!(ask(address, "GET", &[token]).0, 503);
    // Requests with another method are not counted as scrapes.
    assert_eq!(ask(address, "POST", &[token]).0, 405);

    let after = (outcomes(&metrics), durations(&metrics));
    let risen: Vec<_> =
        after.0.iter().zip(before.0).map(|(after, before)| after - before).collect();
    assert_eq!(risen, [2.0, 1.0, 0.0, 0.0, 2.0, 1.0, 0.0, 0.0]);
    assert_eq!(after.1 - before.1, 2);
    assert_eq!(Reading::of(&metrics).number("osapi_metrics_scrapes_active", &[]), Some(0.0));
}

#[test]
fn requests_without_an_answer_in_time_are_counted_by_reason() {
    let _turn = take_turn();
    let mut config = MetricsConfig::default();
    config.max_concurrent_scrapes = 1;
    let (_runtime, metrics, address) = serving(config);
    let before = outcomes(&metrics);

    // From here on each collection waits for this test.
    let (entered, collecting) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (entered, released) = (Mutex::new(entered), Arc::new(Mutex::new(released)));
    let observation = Kinds::global().held.observe(move || {
        let _ = entered.lock().unwrap_or_else(PoisonError::into_inner).send(());
        let _ = released.lock().unwrap_or_else(PoisonError::into_inner).recv();
        1.0
    });
    let gone = send(address, "GET", &["X-Prometheus-Scrape-Timeout-Seconds: 0.5"]);
    collecting.recv_timeout(PATIENCE).unwrap();
    let waits = "X-Prometheus-Scrape-Timeout-Seconds: 0.02";
    let is_refused = || {
        let (status, answer) = ask(address, "GET", &[waits]);
        assert_eq!(status, 503);
        answer.contains("max_concurrent_scrapes")
    };
    assert!(is_refused());
    let mut refused = 1.0;

    drop(gone);
    // A client that has closed its side may wait for its answer. Once its time is over, other
    // requests wait for the collection until they time out.
    let ended = Instant::now();
    while is_refused() {
        refused += 1.0;
        assert!(ended.elapsed() < PATIENCE);
    }
    drop(release);
    drop(observation);

    let after = outcomes(&metrics);
    let risen: Vec<_> = after.iter().zip(before).map(|(after, before)| after - before).collect();
    assert_eq!(risen, [0.0, 0.0, 2.0, refused, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn series_are_counted_as_they_come_and_go() {
    let _turn = take_turn();
    let metrics = install();
    let series =
        |metric: &str| Reading::of(&metrics).number("osapi_metrics_series", &[("metric", metric)]);
    assert_eq!(series("own_metrics_plain_total"), None);
    assert_eq!(series("own_metrics_level"), Some(2.0));
    assert_eq!(series("own_metrics_heat"), Some(0.0));
    let kinds = Kinds::global();
    for room in ["kitchen", "cellar", "attic", "one too many", "two too many"] {
        kinds.heat.with(Room { room }).set(20.0);
        kinds.wait_seconds.with(Room { room }).record(0.5);
    }
    // Three series and the overflow series.
    assert_eq!(series("own_metrics_heat"), Some(4.0));
    assert_eq!(series("own_metrics_wait_seconds"), Some(4.0));
    assert!(kinds.heat.remove(Room { room: "attic" }));
    assert_eq!(series("own_metrics_heat"), Some(3.0));

    // Every metric with labels has such a series, including the metric that counts the series,
    // unless it comes with an instrumentation that the program does not use.
    let document = metrics.catalogue().document();
    let used = document.sets.iter().flat_map(|set| &set.metrics);
    let used: BTreeSet<_> = used.map(|metric| metric.name.as_str()).collect();
    let reading = Reading::of(&metrics);
    for metric in metrics.catalogue().iter() {
        let series = reading.number("osapi_metrics_series", &[("metric", metric.name)]);
        let expected = !metric.labels.is_empty() && used.contains(metric.name);
        assert_eq!(series.is_some(), expected, "{}", metric.name);
    }
}
