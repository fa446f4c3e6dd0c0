use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use osapi_metrics::{
    LabelSet, LabelValue, MetricSet, ObservableCounter, ObservableGauge, ObservableUpDownCounter,
    exposition::Format,
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
