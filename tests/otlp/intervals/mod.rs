//! Metrics with intervals of their own: which exports have them, and the periods of their points.

mod reading;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use osapi_metrics::{
    Counter, MetricSet, ObservableGauge,
    config::{MetricsConfig, OtlpInterval, OtlpProtocol, OtlpTemporality},
    roles::{Items, Level},
};
use osapi_metrics_tests::{
    otlp_receiver::{Behaviour, Export, OtlpReceiver, Period},
    over_every_protocol, pushing_to,
};

use crate::{CaseLabels, beside_others, count, counted, install};

/// Metrics of three rhythms.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "rhythm", roles(of = RhythmRoles))]
struct RhythmMetrics {
    /// Things of the fast rhythm.
    fast_total: Counter<CaseLabels>,
    /// Things of the middle rhythm.
    #[metric(name = "rhythm.middle.things.total", unit = "{thing}")]
    middle: Counter<CaseLabels>,
    /// Things of the slow rhythm.
    slow_total: Counter<CaseLabels>,
    /// The number of the call that observed it.
    fast_calls: ObservableGauge,
    /// The number of the call that observed it.
    slow_calls: ObservableGauge,
    /// The number of the reading that it comes from.
    #[metric(on = fast)]
    fast_readings: ObservableGauge,
    /// The number of the reading that it comes from.
    #[metric(on = slow)]
    slow_readings: ObservableGauge,
}

#[derive(Debug, Default)]
struct RhythmRoles {
    fast: Level<Items>,
    slow: Level<Items>,
}

const FAST: Duration = Duration::from_millis(40);
const COUNTERS: [&str; 3] =
    ["rhythm_fast_total", "rhythm.middle.things.total", "rhythm_slow_total"];

/// A push of three rhythms, and of all other metrics once a day.
fn of_three_rhythms(url: &str, protocol: OtlpProtocol) -> MetricsConfig {
    let mut config = pushing_to(url, protocol);
    config.otlp.intervals = vec![
        OtlpInterval::new("rhythm_fast_*", FAST),
        OtlpInterval::new("rhythm.middle.*", 3 * FAST),
        OtlpInterval::new("rhythm_slow_*", 9 * FAST),
    ];
    config
}

fn labels(case: &str) -> CaseLabels {
    CaseLabels { case: case.to_owned() }
}

/// Counts one thing of each rhythm.
fn count_each(case: &str) {
    let metrics = RhythmMetrics::global();
    for counter in [&metrics.fast_total, &metrics.middle, &metrics.slow_total] {
        counter.with(labels(case)).inc();
    }
}

/// The points of each rhythm in an export.
fn points(export: &Export, case: &str) -> [Option<f64>; 3] {
    COUNTERS.map(|counter| export.number(counter, &[("case", case)]))
}

/// The rhythms that an export is of.
fn rhythms(export: &Export, case: &str) -> [bool; 3] {
    points(export, case).map(|point| point.is_some())
}

/// The values of a series in all exports, with their periods.
fn received(receivers: &[&OtlpReceiver], name: &str, case: &str) -> Vec<(Period, f64)> {
    let series = [("case".to_owned(), case.to_owned())].into();
    let mut received = Vec::new();
    for export in receivers.iter().flat_map(|receiver| receiver.exports()) {
        if let Some(value) = export.number(name, &[("case", case)]) {
            received.push((export.metrics[name].periods[&series], value));
        }
    }
    received.sort_by_key(|(period, _)| period.time);
    received
}

/// The differences of each rhythm follow each other without gaps and overlaps, and add up.
fn check_differences(receivers: &[&OtlpReceiver], case: &str, counted: u64) {
    for name in COUNTERS {
        let received = received(receivers, name, case);
        for pair in received.windows(2) {
            assert_eq!(pair[0].0.time, pair[1].0.start, "{case} {name}: {received:?}");
        }
        assert!(received.iter().all(|(period, _)| period.start < period.time), "{received:?}");
        let sum: f64 = received.iter().map(|(_, value)| value).sum();
        let missing = counted as f64 - sum;
        assert!(missing.abs() < 0.5, "{case} {name} lacks {missing}: {received:?}");
    }
}

/// Counts while `during` runs. Returns how often.
fn while_counting(case: &str, during: impl FnOnce()) -> u64 {
    let has_ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let counting = scope.spawn(|| {
            let mut counted = 0;
            while !has_ended.load(Ordering::Relaxed) {
                count_each(case);
                counted += 1;
                thread::yield_now();
            }
            counted
        });
        during();
        has_ended.store(true, Ordering::Relaxed);
        counting.join().unwrap()
    })
}

#[test]
fn each_metric_is_pushed_at_its_own_rhythm() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} rhythms");
        let receiver = OtlpReceiver::start();
        count(&case, 1);
        count_each(&case);
        let metrics = install(of_three_rhythms(&receiver.url(), protocol));
        for expected in [[true, false, false], [true, true, false], [true, true, true]] {
            receiver.await_export(|export| rhythms(export, &case) == expected);
        }
        let of_rhythms = receiver.exports();
        for export in &of_rhythms {
            let rhythms = rhythms(export, &case);
            assert!(rhythms.is_sorted_by(|fast, slow| fast >= slow), "{protocol:?} {rhythms:?}");
            assert!(rhythms[0], "{protocol:?}: every export has the fastest rhythm");
            let names = export.metrics.keys().all(|name| name.starts_with("rhythm"));
            assert!(names, "{protocol:?} {:?}", export.metrics.keys());
        }

        metrics.flush().unwrap();
        receiver.await_export(|export| {
            counted(export, &case) == Some(1.0) && rhythms(export, &case) == [true; 3]
        });
        count_each(&case);
        count(&case, 1);
        metrics.shutdown().unwrap();
        receiver.await_export(|export| {
            counted(export, &case) == Some(2.0) && points(export, &case) == [Some(2.0); 3]
        });
        for name in COUNTERS {
            let exports = received(&[&receiver], name, &case);
            let starts: Vec<_> = exports.iter().map(|(period, _)| period.start).collect();
            assert!(starts.iter().all(|start| *start == starts[0]), "{protocol:?} {starts:?}");
        }
    });
}

#[test]
fn differences_of_each_rhythm_are_complete() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} differences");
        let receiver = OtlpReceiver::start();
        let mut config = of_three_rhythms(&receiver.url(), protocol);
        config.otlp.temporality = OtlpTemporality::Delta;
        let metrics = install(config);
        let counted = while_counting(&case, || {
            receiver.await_export(|export| rhythms(export, &case) == [true; 3]);
            // More exports fail than the fast rhythm has before the next one of the slow rhythm.
            receiver.behave(Behaviour::Status(400));
            receiver.await_tries(receiver.tries() + 12);
            let before = received(&[&receiver], COUNTERS[2], &case).len();
            receiver.behave(Behaviour::Accept);
            receiver.await_exports(|exports| {
                exports.iter().filter(|export| rhythms(export, &case)[2]).count() > before
            });
            metrics.flush().unwrap();
            let flushed = receiver.exports().len();
            receiver.await_exports(|exports| {
                let later = exports.iter().skip(flushed);
                later.filter(|export| rhythms(export, &case)[0]).count() >= 2
            });
        });
        metrics.shutdown().unwrap();
        check_differences(&[&receiver], &case, counted);
    });
}

/// A program that replaces its runtime has both for a moment.
#[test]
fn two_pushes_of_other_rhythms_repeat_nothing() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} two pushes");
        let receiver = OtlpReceiver::start();
        let mut config = of_three_rhythms(&receiver.url(), protocol);
        config.otlp.temporality = OtlpTemporality::Delta;
        let first = install(config.clone());
        config.otlp.intervals = vec![
            OtlpInterval::new("rhythm_slow_*", FAST / 2),
            OtlpInterval::new("rhythm*", 2 * FAST),
        ];
        let counted = while_counting(&case, || {
            receiver.await_export(|export| rhythms(export, &case)[0]);
            let second = install(config);
            let before = receiver.exports().len();
            receiver.await_exports(|exports| exports.len() >= before + 20);
            first.shutdown().unwrap();
            let before = receiver.exports().len();
            receiver.await_exports(|exports| exports.len() >= before + 5);
            second.shutdown().unwrap();
        });
        install(of_three_rhythms_once(&receiver.url(), protocol)).shutdown().unwrap();
        check_differences(&[&receiver], &case, counted);
    });
}

/// A push that exports only at its end.
fn of_three_rhythms_once(url: &str, protocol: OtlpProtocol) -> MetricsConfig {
    let mut config = pushing_to(url, protocol);
    config.otlp.temporality = OtlpTemporality::Delta;
    config
}
