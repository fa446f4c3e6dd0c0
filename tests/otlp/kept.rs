//! Differences whose exports fail: everything that the collector accepts is, as a whole, what was
//! recorded, and the periods follow each other without a gap.

use std::time::Duration;

use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet,
    config::{MetricsConfig, OtlpProtocol, OtlpTemporality},
};
use osapi_metrics_tests::{
    otlp_receiver::{Behaviour, Export, OtlpReceiver, Period, Value},
    over_every_protocol, pushing_to,
};

use crate::{beside_others, install};

#[derive(Clone, Debug, LabelSet)]
struct PartLabels {
    #[label(max = 1000)]
    part: String,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "kept")]
struct KeptMetrics {
    /// Things, by part.
    #[metric(unit = "{thing}")]
    things_total: Counter<PartLabels>,
    /// Durations, by part.
    #[metric(unit = "s", buckets = [1, 2])]
    duration_seconds: Histogram<PartLabels>,
}

/// What was recorded of a part.
#[derive(Debug, Default, PartialEq)]
struct Recorded {
    things: u64,
    buckets: [u64; 3],
    seconds: f64,
}

impl Recorded {
    fn record(&mut self, part: &str, things: u64) {
        let (set, labels) = (KeptMetrics::global(), PartLabels { part: part.to_owned() });
        set.things_total.with(labels.clone()).add(things);
        self.things += things;
        for (bucket, seconds) in [0.5, 1.5, 2.5].into_iter().cycle().take(3 + 1).enumerate() {
            set.duration_seconds.with(labels.clone()).record(seconds);
            self.buckets[bucket % 3] += 1;
            self.seconds += seconds;
        }
    }

    /// What the exports have of a part. Each has the numbers since the one before.
    fn accepted(exports: &[Export], part: &str) -> Self {
        let labels = [("part".to_owned(), part.to_owned())].into();
        let points = |name: &str| -> Vec<(Value, Period)> {
            let metrics = exports.iter().filter_map(|export| export.metrics.get(name));
            let of_part = metrics.filter_map(|metric| {
                Some((metric.series.get(&labels)?.clone(), *metric.periods.get(&labels)?))
            });
            of_part.collect()
        };
        let mut accepted = Self::default();
        let (things, durations) = (points("kept_things_total"), points("kept_duration_seconds"));
        for points in [&things, &durations] {
            for (_, period) in points {
                assert!(period.start < period.time, "{part}: {period:?}");
            }
            for pair in points.windows(2) {
                assert_eq!(pair[1].1.start, pair[0].1.time, "{part}: {points:#?}");
            }
        }
        for (value, _) in things.into_iter().chain(durations) {
            match value {
                Value::Number(number) => {
                    accepted.things += format!("{number}").parse::<u64>().unwrap();
                }
                Value::Histogram { count, sum, buckets, .. } => {
                    assert_eq!(count, buckets.iter().sum::<u64>(), "{part}");
                    for (all, new) in accepted.buckets.iter_mut().zip(buckets) {
                        *all += new;
                    }
                    accepted.seconds += sum;
                }
            }
        }
        accepted
    }
}

/// A push of differences with time for an export, and for a few tries of one that fails.
fn differences(receiver: &OtlpReceiver, protocol: OtlpProtocol) -> MetricsConfig {
    let mut config = pushing_to(&receiver.url(), protocol);
    config.otlp.temporality = OtlpTemporality::Delta;
    config.otlp.timeout = Duration::from_secs(3);
    config
}

#[test]
fn what_failed_arrives_once_whatever_the_failure() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let part = format!("{protocol:?} failures");
        let receiver = OtlpReceiver::start();
        let metrics = install(differences(&receiver, protocol));
        let mut recorded = Recorded::default();
        recorded.record(&part, 1);
        metrics.flush().unwrap();
        for failure in [
            Behaviour::Status(400),
            Behaviour::Garbage,
            Behaviour::Status(503),
            Behaviour::Cut,
            Behaviour::Truncated,
            Behaviour::Hang,
        ] {
            // The first of two failures has been recorded before the second one.
            for _ in 0..2 {
                receiver.behave(failure);
                recorded.record(&part, 2);
                metrics.flush().unwrap_err();
                if !matches!(failure, Behaviour::Status(400) | Behaviour::Garbage) {
                    break;
                }
            }
            let before = Recorded::accepted(&receiver.exports(), &part);
            assert!(before.things < recorded.things, "{part} {failure:?}");
            receiver.behave(Behaviour::Accept);
            recorded.record(&part, 4);
            metrics.flush().unwrap();
            let accepted = Recorded::accepted(&receiver.exports(), &part);
            assert_eq!(accepted, recorded, "{part} {failure:?}");
        }
        // A collector that rejects points of a request has had them.
        receiver.script([Behaviour::Reject(1)]);
        recorded.record(&part, 8);
        metrics.flush().unwrap();
        receiver.behave(Behaviour::Status(400));
        recorded.record(&part, 16);
        metrics.shutdown().unwrap_err();

        receiver.behave(Behaviour::Accept);
        let next = install(differences(&receiver, protocol));
        recorded.record(&part, 32);
        next.shutdown().unwrap();
        assert_eq!(Recorded::accepted(&receiver.exports(), &part), recorded, "{part}");
    });
}

#[test]
fn the_parts_of_an_export_that_failed_arrive_once() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let parts: Vec<_> = (0..60).map(|nth| format!("{protocol:?} {nth:0>100}")).collect();
        let mut recorded: Vec<_> = parts.iter().map(|_| Recorded::default()).collect();
        let receiver = OtlpReceiver::start();
        let mut config = differences(&receiver, protocol);
        config.otlp.max_request_bytes = 4_096;
        let metrics = install(config);
        let mut record = |every: usize| {
            for (part, recorded) in parts.iter().zip(&mut recorded).step_by(every) {
                recorded.record(part, 1);
            }
        };
        record(1);
        let accept = Behaviour::Accept;
        // The first request that is refused for good is left out, and the one that is refused for
        // the moment ends the export.
        for script in [
            &[accept, Behaviour::Status(400), accept, Behaviour::Status(400)][..],
            &[accept, Behaviour::Status(400), accept, Behaviour::Cut, Behaviour::Status(400)],
            &[Behaviour::Reject(1), accept, Behaviour::Garbage],
        ] {
            receiver.script(script.iter().copied());
            let before = receiver.tries();
            metrics.flush().unwrap_err();
            assert!(receiver.tries() - before > script.len(), "{protocol:?}");
            record(2);
        }
        receiver.script([accept, accept]);
        receiver.behave(Behaviour::Status(503));
        let before = receiver.exports().len();
        metrics.flush().unwrap_err();
        assert_eq!(receiver.exports().len() - before, 2, "{protocol:?}");
        record(3);
        receiver.behave(accept);
        metrics.flush().unwrap();
        for (part, recorded) in parts.iter().zip(&recorded) {
            assert_eq!(&Recorded::accepted(&receiver.exports(), part), recorded, "{protocol:?}");
        }
    });
}
