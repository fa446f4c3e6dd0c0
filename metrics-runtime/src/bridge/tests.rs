use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use opentelemetry::{KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::metrics::{
    Instrument, Stream,
    data::{AggregatedMetrics, Metric, MetricData, ResourceMetrics, ScopeMetrics, SumDataPoint},
    reader::MetricReader,
};
use osapi_metrics_rules::InstrumentKind;

use super::{Bridge, BridgeSetup, OtherMetrics, View, experimental::PullReader};
use crate::{
    bridge::AddReader,
    config::MetricsConfig,
    core::{
        instruments::ObservableCounter, registry::MetricSet, snapshot::MetricIdentity,
        sync::Timestamp,
    },
};

#[derive(MetricSet)]
#[metric_set(crate = "crate")]
struct Progress {
    /// Steps done.
    test_bridge_steps_total: ObservableCounter,
    /// Steps left.
    test_bridge_left_total: ObservableCounter,
}

fn bridge(readers: &[PullReader]) -> Bridge {
    let config = MetricsConfig::default();
    let add = |reader: &PullReader| -> AddReader {
        let reader = reader.clone();
        Box::new(|builder| builder.with_reader(reader))
    };
    let readers = readers.iter().map(add).collect();
    Bridge::start(BridgeSetup { config: &config, readers, views: Vec::new() })
}

/// The SDK passes an observed value to the aggregations of every reader, so one reader could
/// overwrite the sum that another has just read with an older sum.
#[test]
fn a_sum_never_goes_back_while_two_readers_collect() {
    const SCRAPES: usize = 2_000;
    static STEPS: AtomicU64 = AtomicU64::new(0);

    let readers = [PullReader::new(), PullReader::new()];
    let bridge = bridge(&readers);

    let observation = Progress::global().test_bridge_steps_total.observe(|| {
        let steps = STEPS.fetch_add(1, Ordering::Relaxed);
        // Lets the other reader run between this read and the observation.
        thread::yield_now();
        steps
    });
    thread::scope(|scope| {
        for reader in &readers {
            scope.spawn(|| {
                let mut last = 0;
                for _ in 0..SCRAPES {
                    let steps = steps(reader);
                    assert!(steps >= last, "{steps} after {last}");
                    last = steps;
                }
            });
        }
    });
    drop(observation);
    bridge.detach();
}

/// A snapshot has an instrument of the framework once, though it is in the SDK too for a reader.
#[test]
fn what_a_reader_gets_is_not_in_snapshots_twice() {
    let other = PullReader::new();
    let bridge = bridge(std::slice::from_ref(&other));
    let _observation = Progress::global().test_bridge_left_total.observe(|| 7);
    let mut of_reader = ResourceMetrics::default();
    other.collect(&mut of_reader).unwrap();
    let metrics = of_reader.scope_metrics().flat_map(ScopeMetrics::metrics);
    let names: Vec<_> = metrics.map(Metric::name).collect();
    for name in ["osapi_test_bridge_left_total", "osapi_build_info"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let mut joined = Vec::new();
    let collected = bridge.collect().unwrap();
    OtherMetrics::default().join(&collected, |metric| bridge.is_duplicate(metric), &mut joined);
    assert!(joined.is_empty(), "{joined:?}");
    bridge.detach();
}

/// Without a reader or a view of the user no instrument of the framework is in the SDK.
#[test]
fn without_a_reader_nothing_is_in_the_sdk() {
    let bridge = bridge(&[]);
    let _observation = Progress::global().test_bridge_left_total.observe(|| 7);
    assert_eq!(bridge.collect().unwrap().scope_metrics().count(), 0);
    bridge.detach();
}

/// A metric that is not read in a collection knows the start of its series from its own last read.
#[test]
fn series_begin_after_the_last_read_of_their_metric() {
    let bridge = bridge(&[]);
    let meter = bridge.sdk().meter("test_bridge_partial");
    let counter = meter.u64_counter("partial").build();
    let mut others = OtherMetrics::default();
    let mut joined = Vec::new();
    let mut join = |is_left_out: bool| {
        joined.clear();
        others.join(&bridge.collect().unwrap(), |_| is_left_out, &mut joined);
        joined.pop()
    };
    counter.add(1, &[]);
    let first = join(false).unwrap();
    counter.add(1, &[KeyValue::new("second", true)]);
    let begun = Timestamp::now();
    assert!(join(true).is_none(), "not read");
    let second = join(false).unwrap();
    assert_eq!(second.series.len(), 2);
    assert!(second.series.iter().any(|series| Arc::ptr_eq(series, &first.series[0])));
    let start = second.series.iter().map(|series| series.start()).max();
    assert!(start <= Some(begun), "{start:?} {begun:?}");
    bridge.detach();
}

/// Instruments of other libraries are known without a collection, those of the framework only if
/// a view of the user matches.
#[test]
fn created_instruments_are_known() {
    let other = PullReader::new();
    let bridge = bridge(std::slice::from_ref(&other));
    assert!(bridge.created_beyond(0).is_empty(), "the reader gets the framework's own");
    let meter = bridge.sdk().meter("test_bridge_created");
    for _ in 0..2 {
        let _ = meter.f64_histogram("created.duration").with_unit("s").build();
    }
    let created = bridge.created_beyond(0);
    assert_eq!(created.len(), 1, "once for two creations and two readers");
    let MetricIdentity { name, unit, kind, .. } = &created[0];
    assert_eq!((&**name, &**unit, *kind), ("created.duration", "s", InstrumentKind::Histogram));
    let _ = meter.i64_up_down_counter("created.level").build();
    assert_eq!(bridge.created_beyond(1)[0].name, "created.level");
    bridge.detach();

    let view: View = Arc::new(|instrument: &Instrument| {
        let is_steps = instrument.name().contains("bridge_steps");
        is_steps.then(|| Stream::builder().with_name("renamed").build().unwrap())
    });
    let setup =
        BridgeSetup { config: &MetricsConfig::default(), readers: Vec::new(), views: vec![view] };
    let bridge = Bridge::start(setup);
    let names: Vec<_> = bridge.created_beyond(0).into_iter().map(|created| created.name).collect();
    assert_eq!(names, ["osapi_test_bridge_steps_total"]);
    bridge.detach();
}

fn steps(reader: &PullReader) -> u64 {
    let mut metrics = ResourceMetrics::default();
    reader.collect(&mut metrics).unwrap();
    let mut metrics = metrics.scope_metrics().flat_map(ScopeMetrics::metrics);
    let metric = metrics.find(|metric| metric.name() == "osapi_test_bridge_steps_total").unwrap();
    let AggregatedMetrics::U64(MetricData::Sum(sum)) = metric.data() else {
        panic!("a counter of u64 is a sum of u64")
    };
    sum.data_points().map(SumDataPoint::value).sum()
}
