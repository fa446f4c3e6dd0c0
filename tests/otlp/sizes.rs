//! Requests have a limit, and what is larger than the limit arrives in parts.

use std::collections::BTreeSet;

use osapi_metrics::{Counter, LabelSet, MetricSet, config::OtlpProtocol};
use osapi_metrics_tests::{
    PROTOCOLS,
    logs::{lines_about, logs},
    otlp_receiver::OtlpReceiver,
    pushing_to,
};

use crate::{alone, count, counted, install};

#[derive(Clone, Debug, LabelSet)]
struct LongLabels {
    #[label(max = 10_000)]
    text: String,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "large")]
struct LargeMetrics {
    /// Things with long names.
    #[metric(unit = "{thing}", max_series = 10_000)]
    things_total: Counter<LongLabels>,
}

/// The values of the label in the requests that the receiver has stored.
fn received(receiver: &OtlpReceiver) -> Vec<String> {
    let exports = receiver.exports();
    let metrics = exports.iter().filter_map(|export| export.metrics.get("large_things_total"));
    metrics.flat_map(|metric| metric.series.keys()).map(|labels| labels["text"].clone()).collect()
}

/// The receiver refuses messages of more than 4 MiB over gRPC.
#[test]
fn thousands_of_series_arrive() {
    let _alone = alone();
    let things = &LargeMetrics::global().things_total;
    let names: BTreeSet<String> = (0..9_000).map(|number| format!("{number:0>200}")).collect();
    for name in &names {
        things.with(LongLabels { text: name.clone() }).inc();
    }
    for protocol in PROTOCOLS {
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.timeout = std::time::Duration::from_secs(60);
        let metrics = install(config);
        metrics.flush().unwrap_or_else(|error| panic!("{protocol:?}: {error}"));
        let arrived = received(&receiver);
        assert_eq!(arrived.len(), names.len(), "{protocol:?}");
        assert_eq!(arrived.into_iter().collect::<BTreeSet<_>>(), names, "{protocol:?}");
        let bodies = receiver.exports().into_iter().map(|export| export.body.len());
        let largest = bodies.max().unwrap();
        assert!(largest <= 4_000_000, "{protocol:?}: {largest}");
        assert_eq!(protocol == OtlpProtocol::Grpc, largest == 0);
        // What comes at the shutdown has been sent.
        things.retain(|_| true);
    }
    things.retain(|_| false);
}

#[test]
fn one_point_that_is_too_large_does_not_keep_the_others() {
    let _alone = alone();
    let things = &LargeMetrics::global().things_total;
    let (large, small) = ("x".repeat(10_000), "small");
    for text in [&large, small] {
        things.with(LongLabels { text: text.to_owned() }).inc();
    }
    for protocol in PROTOCOLS {
        let case = format!("{protocol:?} too large");
        count(&case, 1);
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.max_request_bytes = 5_000;
        logs();
        let metrics = install(config);
        metrics.flush().unwrap();
        assert_eq!(received(&receiver), [small], "{protocol:?}");
        receiver.await_export(|export| counted(export, &case) == Some(1.0));
        let rejected = || {
            let exports = receiver.exports();
            let name = "osapi_metrics_rejected_points_total";
            exports.iter().rev().find_map(|export| export.number(name, &[]))
        };
        let before = rejected().unwrap();
        metrics.flush().unwrap();
        assert_eq!(rejected(), Some(before + 1.0), "{protocol:?}");
        let lines = lines_about(&receiver.url());
        assert_eq!(lines.len(), 1, "{lines:#?}");
        for part in ["large_things_total", "bytes=10", "limit=5000", "otlp.max_request_bytes"] {
            assert!(lines[0].contains(part), "{part}: {lines:#?}");
        }
    }
    things.retain(|_| false);
}
