//! Differences: what has not arrived is part of the next request, and nothing arrives twice.

use opentelemetry::metrics::MeterProvider;
use osapi_metrics::{
    Counter, Histogram, JobMetrics, MetricSet, Metrics, ObservableCounter, UpDownCounter,
    config::{OtlpProtocol, OtlpTemporality},
};
use osapi_metrics_tests::{
    otlp_receiver::{Behaviour, OtlpReceiver, Temporality, Value},
    over_every_protocol, pushing_to,
};

use crate::{CaseLabels, beside_others, count, counted, counted_in_all, install};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "differing")]
struct DifferingMetrics {
    /// A counter.
    counted_total: Counter<CaseLabels>,
    /// A counter that is observed.
    observed_total: ObservableCounter<CaseLabels>,
    /// A histogram.
    #[metric(unit = "s", buckets = [1, 2])]
    duration_seconds: Histogram<CaseLabels>,
    /// A counter up to the greatest number.
    greatest_total: Counter<CaseLabels>,
    /// A counter that goes up and down.
    level: UpDownCounter<CaseLabels>,
}

fn labels(case: &str) -> CaseLabels {
    CaseLabels { case: case.to_owned() }
}

#[test]
fn a_difference_that_failed_arrives_with_the_next_one() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} failed");
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.temporality = OtlpTemporality::Delta;
        let metrics = install(config);
        let durations = DifferingMetrics::global().duration_seconds.with(labels(&case));

        count(&case, 1);
        durations.record(0.5);
        receiver.behave(Behaviour::Status(400));
        metrics.flush().unwrap_err();
        receiver.behave(Behaviour::Accept);
        count(&case, 2);
        durations.record(1.5);
        metrics.flush().unwrap();
        metrics.flush().unwrap();
        count(&case, 4);
        metrics.flush().unwrap();

        assert_eq!(counted_in_all(&receiver, &case), [3.0, 4.0], "{protocol:?}");
        let exports = receiver.exports();
        let series = [("case".to_owned(), case.clone())].into();
        let values: Vec<_> = exports
            .iter()
            .filter_map(|export| {
                export.metrics.get("differing_duration_seconds")?.series.get(&series)
            })
            .collect();
        let expected = Value::Histogram {
            count: 2,
            sum: 2.0,
            bounds: vec![1.0, 2.0],
            buckets: vec![1, 1, 0],
            min: None,
            max: None,
        };
        assert_eq!(values, [&expected], "{protocol:?}");
    });
}

#[test]
fn the_next_runtime_goes_on_where_the_last_one_ended() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} next");
        for (temporality, expected) in
            [(OtlpTemporality::Delta, [41.0, 1.0]), (OtlpTemporality::Cumulative, [41.0, 42.0])]
        {
            let case = format!("{case} {temporality:?}");
            let receiver = OtlpReceiver::start();
            let mut config = pushing_to(&receiver.url(), protocol);
            config.otlp.temporality = temporality;
            let metrics = install(config.clone());
            count(&case, 41);
            metrics.shutdown().unwrap();
            let metrics = install(config);
            count(&case, 1);
            metrics.shutdown().unwrap();
            assert_eq!(counted_in_all(&receiver, &case), expected, "{case}");
        }
    });
}

#[test]
fn a_cumulative_push_may_become_one_of_differences() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} reloaded");
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        let metrics = install(config.clone());
        count(&case, 41);
        metrics.shutdown().unwrap();
        config.otlp.temporality = OtlpTemporality::Delta;
        let metrics = install(config.clone());
        metrics.flush().unwrap();
        count(&case, 1);
        metrics.shutdown().unwrap();
        config.otlp.temporality = OtlpTemporality::Cumulative;
        install(config).shutdown().unwrap();
        assert_eq!(counted_in_all(&receiver, &case), [41.0, 1.0, 42.0], "{case}");
    });
}

#[test]
fn low_memory_keeps_observed_counters_cumulative() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
    let environment = [("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "lowmemory")];
    let builder = Metrics::builder().config(config).environment(environment.into_iter().collect());
    let metrics = builder.install().unwrap();
    let provider = metrics.provider().unwrap().meter("other");
    let (others, up_down) = (
        provider.u64_counter("low.others").build(),
        provider.i64_up_down_counter("low.up").build(),
    );
    let others_duration = provider.f64_histogram("low.duration").build();
    let declared = DifferingMetrics::global();
    let _observation = declared.observed_total.with(labels("low memory")).observe(|| 7);
    for _ in 0..2 {
        declared.counted_total.with(labels("low memory")).add(2);
        declared.duration_seconds.with(labels("low memory")).record(0.5);
        declared.level.with(labels("low memory")).inc();
        JobMetrics::global().created("low memory").inc();
        others.add(1, &[]);
        up_down.add(1, &[]);
        others_duration.record(0.5, &[]);
        metrics.flush().unwrap();
    }
    let export = receiver.exports().pop().unwrap();
    let of = |name: &str| export.metrics[name].temporality;
    for (name, expected) in [
        ("differing_counted_total", Temporality::Delta),
        ("differing_duration_seconds", Temporality::Delta),
        ("differing_observed_total", Temporality::Cumulative),
        ("differing_level", Temporality::Cumulative),
        ("osapi_jobs_created_total", Temporality::Delta),
        ("low.others", Temporality::Delta),
        ("low.duration", Temporality::Delta),
        ("low.up", Temporality::Cumulative),
    ] {
        assert_eq!(of(name), Some(expected), "{name}");
    }
    let case = [("case", "low memory")];
    assert_eq!(export.number("differing_counted_total", &case), Some(2.0));
    assert_eq!(export.number("differing_observed_total", &case), Some(7.0));
}

#[test]
fn a_counter_beyond_the_signed_integers_stays_at_the_greatest() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} greatest");
        let receiver = OtlpReceiver::start();
        let metrics = install(pushing_to(&receiver.url(), protocol));
        DifferingMetrics::global().greatest_total.with(labels(&case)).add(u64::MAX);
        metrics.flush().unwrap();
        let export = receiver.await_export(|_| true);
        let greatest = export.number("differing_greatest_total", &[("case", &case)]);
        assert_eq!(greatest, Some(i64::MAX as f64), "{protocol:?}");
    });
}

#[test]
fn what_has_not_changed_is_left_out() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let mut config = pushing_to(&receiver.url(), OtlpProtocol::Grpc);
    config.otlp.temporality = OtlpTemporality::Delta;
    let metrics = install(config);
    count("unchanged", 1);
    metrics.flush().unwrap();
    metrics.flush().unwrap();
    let exports = receiver.exports();
    assert_eq!(counted(&exports[0], "unchanged"), Some(1.0));
    assert_eq!(counted(&exports[1], "unchanged"), None);
}

/// A program that replaces its runtime has both for a moment.
#[test]
fn a_runtime_that_is_installed_before_the_last_one_ends_repeats_nothing() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} overlapping");
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.temporality = OtlpTemporality::Delta;
        let first = install(config.clone());
        count(&case, 41);
        first.flush().unwrap();
        let second = install(config);
        count(&case, 1);
        std::thread::scope(|scope| {
            scope.spawn(|| second.flush().unwrap());
            first.shutdown().unwrap();
        });
        count(&case, 2);
        second.shutdown().unwrap();
        assert_eq!(counted_in_all(&receiver, &case), [41.0, 1.0, 2.0], "{case}");
    });
}
