//! When series begin: the start of each cumulative point over OTLP, and the `_created` samples of a
//! scrape.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use opentelemetry::{
    KeyValue,
    metrics::{Meter, MeterProvider},
};
use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, Metrics, ObservableCounter,
    ObservableUpDownCounter, UpDownCounter,
    config::{Environment, OtlpProtocol},
    exposition::Format,
    instruments::Observation,
};
use osapi_metrics_tests::{
    otlp_receiver::{Export, OtlpReceiver, Period},
    pushing_to, servers,
};

use crate::beside_others;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Case {
    #[label(max = 10)]
    case: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "begun")]
struct Begun {
    /// Counted.
    steps_total: Counter<Case>,
    /// Added.
    stock: UpDownCounter<Case>,
    /// Measured.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<Case>,
    /// Observed.
    seen_total: ObservableCounter<Case>,
    /// Observed.
    present: ObservableUpDownCounter<Case>,
    /// Set.
    level: Gauge<Case>,
    /// Without labels.
    plain_total: Counter,
    /// Observed, without labels.
    plain_seen_total: ObservableCounter,
    /// Observed, in series that are always there.
    lit_total: ObservableCounter<Lamp>,
}

#[derive(Clone, Copy, Debug, LabelSet, LabelValue)]
enum Lamp {
    Left,
    Right,
}

const DECLARED: [&str; 5] =
    ["begun_steps_total", "begun_stock", "begun_wait_seconds", "begun_seen_total", "begun_present"];
const OTHERS: [&str; 3] = ["other.begun.steps", "other.begun.stock", "other.begun.wait"];
const OBSERVED: [&str; 2] = ["other.begun.seen", "other.begun.present"];

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_nanos()).unwrap()
}

/// Gives each declared series a value, and the observed ones as long as the result lives.
fn record(case: u64) -> [Observation; 2] {
    let (set, case) = (Begun::global(), Case { case });
    set.steps_total.with(case).add(3);
    set.stock.with(case).add(3);
    set.wait_seconds.with(case).record(0.5);
    set.level.with(case).set(3.0);
    set.plain_total.inc();
    [set.seen_total.with(case).observe(|| 3), set.present.with(case).observe(|| 3)]
}

fn end(case: u64) {
    let (set, case) = (Begun::global(), Case { case });
    set.steps_total.remove(case);
    set.stock.remove(case);
    set.wait_seconds.remove(case);
}

/// Gives the series of another library values.
fn record_others(meter: &Meter, case: i64) {
    let labels = [KeyValue::new("case", case)];
    meter.u64_counter(OTHERS[0]).build().add(3, &labels);
    meter.i64_up_down_counter(OTHERS[1]).build().add(3, &labels);
    meter.f64_histogram(OTHERS[2]).build().record(0.5, &labels);
}

fn observe_others(meter: &Meter, is_there: &Arc<AtomicBool>) {
    let (first, second) = (Arc::clone(is_there), Arc::clone(is_there));
    let labels = [KeyValue::new("case", 1)];
    let counter = meter.u64_observable_counter(OBSERVED[0]).with_callback({
        let labels = labels.clone();
        move |counter| {
            if first.load(Ordering::Relaxed) {
                counter.observe(3, &labels);
            }
        }
    });
    let _ = counter.build();
    let stock = meter.i64_observable_up_down_counter(OBSERVED[1]).with_callback(move |stock| {
        if second.load(Ordering::Relaxed) {
            stock.observe(3, &labels);
        }
    });
    let _ = stock.build();
}

/// The next export.
fn push(receiver: &OtlpReceiver, metrics: &Metrics) -> Export {
    metrics.flush().unwrap();
    receiver.await_export(|_| true)
}

/// The period of a series, if it is there.
fn period(export: &Export, name: &str, case: u64) -> Option<Period> {
    let labels = [("case".to_owned(), case.to_string())].into();
    export.metrics.get(name)?.periods.get(&labels).copied()
}

/// Checks that the series began between the two times, and that its point is later.
fn check(export: &Export, names: &[&str], case: u64, (from, to): (u64, u64)) {
    for name in names {
        let Period { start, time } = period(export, name, case).expect(name);
        assert!(from <= start && start <= to && start < time, "{name}: {from} {start} {to} {time}");
    }
}

#[test]
fn every_series_starts_when_it_begins_and_again_when_it_comes_back() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let metrics = builder.install().unwrap();
    let meter = metrics.provider().unwrap().meter("another_library_that_begins");
    let is_there = Arc::new(AtomicBool::new(true));

    let created = now();
    let observations = record(1);
    record_others(&meter, 1);
    observe_others(&meter, &is_there);
    let recorded = now();
    let first = push(&receiver, &metrics);
    let pushed = now();
    check(&first, &DECLARED, 1, (created, recorded));
    check(&first, &OTHERS, 1, (created, recorded));
    check(&first, &OBSERVED, 1, (created, pushed));
    let level = period(&first, "begun_level", 1).unwrap();
    assert_eq!(level.start, 0, "a gauge has no start");

    // Later series of the same metrics, and the first ones go on.
    let second_observations = record(2);
    record_others(&meter, 2);
    let second = push(&receiver, &metrics);
    let second_pushed = now();
    check(&second, &DECLARED, 2, (pushed, second_pushed));
    // The SDK does not say when: after the last collection.
    check(&second, &OTHERS, 2, (recorded, second_pushed));
    for name in DECLARED.into_iter().chain(OTHERS).chain(OBSERVED) {
        let starts = [&first, &second].map(|export| period(export, name, 1).unwrap().start);
        assert_eq!(starts[0], starts[1], "{name}");
    }

    // Ended, and not in an export.
    end(1);
    drop(observations);
    is_there.store(false, Ordering::Relaxed);
    let without = push(&receiver, &metrics);
    for name in DECLARED.into_iter().chain(OBSERVED) {
        assert_eq!(period(&without, name, 1), None, "{name}");
    }
    let ended = now();
    let observations = record(1);
    is_there.store(true, Ordering::Relaxed);
    let back = push(&receiver, &metrics);
    let pushed = now();
    check(&back, &DECLARED, 1, (ended, pushed));
    check(&back, &OBSERVED, 1, (second_pushed, pushed));

    // Ended and begun again between two exports.
    end(1);
    drop(observations);
    let observations = record(1);
    let again = push(&receiver, &metrics);
    check(&again, &DECLARED, 1, (pushed, now()));
    drop((observations, second_observations));
}

/// A series without open labels has its place from the start of the program, and begins again when
/// the last of those who observe it goes.
#[test]
fn a_series_that_is_always_there_begins_again_behind_its_observation() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let metrics = builder.install().unwrap();
    let begun = Begun::global();
    let names = ["begun_plain_seen_total", "begun_lit_total"];
    let none = [].into();
    let left = [("lamp".to_owned(), "left".to_owned())].into();
    let right = [("lamp".to_owned(), "right".to_owned())].into();
    let start = |export: &Export, name: &str, labels| {
        export.metrics.get(name)?.periods.get(labels).map(|period: &Period| period.start)
    };
    let starts = |export: &Export| {
        [(names[0], &none), (names[1], &left), (names[1], &right)]
            .map(|(name, labels)| start(export, name, labels))
    };

    let plain = begun.plain_seen_total.observe(|| 3);
    let each = begun.lit_total.observe_each(|lamps| {
        lamps.observe(&Lamp::Left, 3);
        lamps.observe(&Lamp::Right, 3);
    });
    let also_right = begun.lit_total.with(Lamp::Right).observe(|| 4);
    let first = starts(&push(&receiver, &metrics)).map(Option::unwrap);
    let pushed = now();
    assert_eq!(starts(&push(&receiver, &metrics)), first.map(Some));

    drop((plain, each));
    let ended = now();
    assert_eq!(starts(&push(&receiver, &metrics)), [None, None, Some(first[2])]);
    let plain = begun.plain_seen_total.observe(|| 1);
    let each = begun.lit_total.observe_each(|lamps| lamps.observe(&Lamp::Left, 1));
    let back = starts(&push(&receiver, &metrics)).map(Option::unwrap);
    for (begins, first) in back.iter().zip(first).take(2) {
        assert!((pushed..=ended).contains(begins), "{first} {pushed} {begins} {ended}");
    }
    assert_eq!(back[2], first[2], "somebody observes it all the time");
    drop((plain, each, also_right));
}

/// The `_created` samples of a scrape, by name and labels, in milliseconds.
fn created_samples(text: &str) -> Vec<(&str, u64)> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let created =
        samples.filter(|line| line.split(['{', ' ']).next().unwrap().ends_with("_created"));
    created
        .map(|line| {
            let (series, seconds) = line.rsplit_once(' ').unwrap();
            (series, seconds.replace('.', "").parse().unwrap())
        })
        .collect()
}

#[test]
fn a_setting_shows_the_starts_to_prometheus() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let mut config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
    let off = Metrics::builder().config(config.clone()).environment(Environment::default());
    let off = off.install().unwrap();
    config.created_samples = true;
    config.otlp.enabled = false;
    let on = Metrics::builder().config(config).environment(Environment::default());
    let on = on.install().unwrap();
    let observations = record(7);

    let text = on.render(Format::OpenMetrics);
    let created = created_samples(&text);
    let export = push(&receiver, &off);
    for (name, series) in [
        ("begun_steps_total", "begun_steps_created{case=\"7\"}"),
        ("begun_wait_seconds", "begun_wait_seconds_created{case=\"7\"}"),
        ("begun_seen_total", "begun_seen_created{case=\"7\"}"),
    ] {
        let found: Vec<_> = created.iter().filter(|(found, _)| *found == series).collect();
        let start = period(&export, name, 7).unwrap().start;
        assert_eq!(found, [&(series, start / 1_000_000)], "{text}");
    }
    assert!(created.iter().any(|(series, _)| *series == "begun_plain_created"), "{text}");
    for gauge in ["begun_stock_created", "begun_present_created", "begun_level_created"] {
        assert!(!text.contains(gauge), "{gauge}");
    }
    assert_eq!(created_samples(&on.render(Format::Text)), []);
    assert_eq!(created_samples(&off.render(Format::OpenMetrics)), []);

    let serving = tokio::runtime::Runtime::new().unwrap();
    let address = serving.block_on(on.serve()).unwrap();
    let config = format!(
        "global: {{ scrape_interval: 200ms }}\nscrape_configs:\n- job_name: starts\n  \
         static_configs: [{{ targets: ['{address}'] }}]\n"
    );
    if let Some(prometheus) = servers::prometheus(&config) {
        let query = "begun_steps_created{case=\"7\"}";
        let deadline = Instant::now() + Duration::from_secs(60);
        let stored = loop {
            if let Some(stored) = prometheus.number(query) {
                break stored;
            }
            assert!(Instant::now() < deadline, "Prometheus has no samples");
            thread::sleep(Duration::from_millis(50));
        };
        let start = period(&export, "begun_steps_total", 7).unwrap().start;
        assert!((stored - (start / 1_000_000) as f64 / 1e3).abs() < 1e-3, "{stored} {start}");
    }
    drop(observations);
}
