use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use osapi_metrics::{
    LabelSet, LabelValue, MetricSet, ObservableCounter, ObservableGauge, ObservableUpDownCounter,
    exposition::Format, instruments::Observation,
};

use crate::{RUNTIME, read};

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Disk {
    Root,
    Home,
}

#[derive(Debug, LabelSet)]
struct Interface {
    #[label(max = 2)]
    interface: String,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "observed")]
struct Observed {
    /// A whole number that grows.
    #[metric(unit = "By")]
    read_bytes_total: ObservableCounter,
    /// A fraction that grows.
    #[metric(unit = "s")]
    cpu_seconds_total: ObservableCounter<(), f64>,
    /// A whole number.
    queued: ObservableUpDownCounter,
    /// A fraction.
    balance: ObservableUpDownCounter<(), f64>,
    /// A fraction that is measured.
    load: ObservableGauge,
    /// A signed number that is measured.
    #[metric(unit = "Cel")]
    chip_celsius: ObservableGauge<(), i64>,
    /// A whole number that is measured.
    #[metric(unit = "By")]
    free_bytes: ObservableGauge<Disk, u64>,
    /// Observed at times.
    sometimes: ObservableGauge<Disk>,
    /// Observed until a value is dropped.
    ending: ObservableGauge,
    /// Two parts of one sum.
    parts_total: ObservableCounter,
    /// Two opinions on one value.
    opinions: ObservableGauge,
    /// Many series from one closure.
    #[metric(unit = "By")]
    sent_bytes_total: ObservableCounter<Interface>,
    /// Series that end with their observations.
    replaced: ObservableGauge<Interface>,
    /// Series that end while they are collected.
    collected: ObservableGauge<Interface>,
    /// A closure that panics.
    panicking: ObservableGauge,
    /// The neighbour of one that panics.
    beside: ObservableGauge<Disk>,
    /// What cannot be observed.
    refused: ObservableGauge,
    /// What a counter cannot have.
    #[metric(unit = "s")]
    refused_seconds_total: ObservableCounter<(), f64>,
    /// Observed by a closure that observes.
    nested: ObservableGauge<Disk>,
}

#[test]
fn every_type_of_value_is_read_at_each_collection() {
    let observed = Observed::global();
    let number = Arc::new(AtomicI64::new(5));
    let queue = Arc::clone(&number);
    let _observations = [
        observed.read_bytes_total.observe(|| 12_u64),
        observed.cpu_seconds_total.observe(|| 1.5),
        observed.queued.observe(move || queue.load(Ordering::Relaxed)),
        observed.balance.observe(|| -0.25),
        observed.load.observe(|| 0.75),
        observed.chip_celsius.observe(|| -3),
        observed.free_bytes.with(Disk::Home).observe(|| 1_u64 << 40),
    ];
    let reading = read();
    assert_eq!(reading.number("observed_read_bytes_total", &[]), Some(12.0));
    assert_eq!(reading.number("observed_cpu_seconds_total", &[]), Some(1.5));
    assert_eq!(reading.number("observed_queued", &[]), Some(5.0));
    assert_eq!(reading.number("observed_balance", &[]), Some(-0.25));
    assert_eq!(reading.number("observed_load", &[]), Some(0.75));
    assert_eq!(reading.number("observed_chip_celsius", &[]), Some(-3.0));
    let home = reading.number("observed_free_bytes", &[("disk", "home")]);
    assert_eq!(home, Some(1_099_511_627_776.0));
    assert_eq!(reading.number("observed_free_bytes", &[("disk", "root")]), None);

    number.store(-2, Ordering::Relaxed);
    assert_eq!(read().number("observed_queued", &[]), Some(-2.0));
}

#[test]
fn none_leaves_a_series_out_of_a_collection() {
    let present = Arc::new(AtomicU64::new(0));
    let asked = Arc::clone(&present);
    let root = Observed::global().sometimes.with(Disk::Root);
    let _observation = root.observe(move || (asked.load(Ordering::Relaxed) > 0).then_some(2.5));
    let value = || read().number("observed_sometimes", &[("disk", "root")]);
    assert_eq!(value(), None);
    present.store(1, Ordering::Relaxed);
    assert_eq!(value(), Some(2.5));
    present.store(0, Ordering::Relaxed);
    assert_eq!(value(), None);
}

#[test]
fn an_observation_ends_when_it_is_dropped() {
    let observation = Observed::global().ending.observe(|| 1.0);
    assert_eq!(read().number("observed_ending", &[]), Some(1.0));
    drop(observation);
    assert_eq!(read().number("observed_ending", &[]), None);

    let _again = Observed::global().ending.observe(|| 2.0);
    assert_eq!(read().number("observed_ending", &[]), Some(2.0));
}

#[test]
fn sums_of_one_series_add_up_and_of_gauges_the_youngest_stays() {
    let observed = Observed::global();
    let _observations = [
        observed.parts_total.observe(|| 2_u64),
        observed.parts_total.observe(|| 5_u64),
        observed.opinions.observe(|| 1.0),
        observed.opinions.observe(|| 3.0),
    ];
    let reading = read();
    assert_eq!(reading.number("observed_parts_total", &[]), Some(7.0));
    assert_eq!(reading.number("observed_opinions", &[]), Some(3.0));
}

#[test]
fn one_closure_reports_any_number_of_series() {
    let _observation = Observed::global().sent_bytes_total.observe_each(|observer| {
        for (interface, bytes) in [("lo", 1), ("eth0", 20), ("eth1", 300), ("eth2", 4000)] {
            observer.observe(&Interface { interface: interface.to_owned() }, bytes);
        }
    });
    let reading = read();
    let sent = |labels: &[_]| reading.number("observed_sent_bytes_total", labels);
    assert_eq!(sent(&[("interface", "lo")]), Some(1.0));
    assert_eq!(sent(&[("interface", "eth0")]), Some(20.0));
    assert_eq!(sent(&[("interface", "eth1")]), None, "two interfaces are allowed");
    assert_eq!(sent(&[("otel_metric_overflow", "true")]), Some(4300.0));
}

fn interface(name: &str) -> Interface {
    Interface { interface: name.to_owned() }
}

/// The interfaces of which there is a value, `…` for those beyond the limit.
fn shown(metric: &str) -> Vec<&'static str> {
    let reading = read();
    let is_shown = |labels: &[_]| reading.number(metric, labels).is_some();
    let mut shown: Vec<_> = ["lo", "eth0", "eth1", "eth2"].into();
    shown.retain(|name| is_shown(&[("interface", name)]));
    shown.extend(is_shown(&[("otel_metric_overflow", "true")]).then_some("…"));
    shown
}

/// Begins observations with which these interfaces are shown. A collection of another test may be
/// the last to ask for the interfaces before, so this begins them until it is over.
fn begin<T>(metric: &str, interfaces: &[&str], observe: impl Fn() -> T) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let begun = observe();
        let shown = shown(metric);
        if shown == interfaces {
            return begun;
        }
        assert!(Instant::now() < deadline, "{shown:?} instead of {interfaces:?}");
    }
}

#[test]
fn a_series_gives_its_place_back_with_its_last_observation() {
    let gauge = &Observed::global().replaced;
    let begin = |interfaces: &[&str], observe: &dyn Fn() -> Vec<Observation>| {
        begin("observed_replaced", interfaces, observe)
    };
    let one = |name: &str| gauge.with(interface(name)).observe(|| 1.0);
    let each = |names: &'static [&str]| {
        vec![gauge.observe_each(move |observer| {
            for name in names {
                observer.observe(&interface(name), 1.0);
            }
        })]
    };
    for _ in 0..3 {
        drop(begin(&["lo", "eth0"], &|| vec![one("lo"), one("eth0")]));
        drop(begin(&["eth1", "eth2"], &|| vec![one("eth1"), one("eth2")]));
        drop(begin(&["lo", "eth0"], &|| each(&["lo", "eth0"])));
        // One that is dropped before it was ever asked.
        drop(one("eth0"));
        let second = begin(&["eth1", "eth2"], &|| each(&["eth1", "eth2"]));
        // Another observation of a series keeps it.
        let third = one("eth1");
        drop(second);
        let fourth = begin(&["lo", "eth1"], &|| each(&["eth1", "lo"]));
        drop(third);
        assert_eq!(shown("observed_replaced"), ["lo", "eth1"]);
        drop(fourth);
    }
}

/// A collection on another thread calls the closure a last time after its observation has ended.
#[test]
fn a_series_gives_its_place_back_also_while_it_is_collected() {
    let gauge = &Observed::global().collected;
    let (asked, asks) = mpsc::channel();
    let (go, goes) = mpsc::channel::<()>();
    let goes = Mutex::new(goes);
    let observation = gauge.observe_each(move |observer| {
        // Other tests collect too, at any time.
        if asked.send(()).is_ok() {
            let _ = goes.lock().unwrap().recv();
        }
        observer.observe(&interface("lo"), 1.0);
        observer.observe(&interface("eth0"), 1.0);
    });
    let collection = thread::spawn(read);
    asks.recv().unwrap();
    drop(observation);
    drop((go, asks));
    collection.join().unwrap();
    drop(begin("observed_collected", &["eth1", "eth2"], || {
        ["eth1", "eth2"].map(|name| gauge.with(interface(name)).observe(|| 1.0))
    }));
}

#[test]
fn a_panic_is_caught_and_counted_and_stops_nothing_else() {
    let panics = || {
        let labels = [("metric", "observed_panicking")];
        read().number("osapi_metrics_callback_panics_total", &labels)
    };
    assert_eq!(panics(), Some(0.0));
    let _panicking = Observed::global().panicking.observe(|| -> f64 { panic!("observed") });
    let _beside = [
        Observed::global().panicking.observe(|| 4.0),
        Observed::global().beside.with(Disk::Root).observe(|| 5.0),
    ];
    for round in 1..=3 {
        let reading = read();
        assert_eq!(reading.number("observed_panicking", &[]), Some(4.0));
        assert_eq!(reading.number("observed_beside", &[("disk", "root")]), Some(5.0));
        // Other tests collect too.
        assert!(panics() >= Some(f64::from(round)), "{:?}", panics());
    }
}

#[test]
fn a_closure_may_start_and_end_observations() {
    let home = Observed::global().nested.with(Disk::Home);
    let root = Observed::global().nested.with(Disk::Root);
    let _observation = home.observe(move || {
        drop(root.observe(|| 1.0));
        2.0
    });
    assert_eq!(read().number("observed_nested", &[("disk", "home")]), Some(2.0));
}

#[test]
fn values_that_no_metric_can_have_are_dropped_and_counted() {
    let _observations = [
        Observed::global().refused.observe(|| f64::NAN),
        Observed::global().refused_seconds_total.observe(|| -1.0),
    ];
    let text = RUNTIME.render(Format::Text);
    assert!(!text.contains("\nobserved_refused"), "{text}");
    let reading = read();
    for metric in ["observed_refused", "observed_refused_seconds_total"] {
        let dropped = reading.number("osapi_metrics_dropped_samples_total", &[("metric", metric)]);
        assert!(dropped >= Some(1.0), "{metric}: {dropped:?}");
    }
}
