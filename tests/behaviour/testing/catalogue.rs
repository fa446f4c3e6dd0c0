//! The catalogue lists the metrics that this process has never recorded.

use osapi_metrics::{Counter, MetricSet, UpDownCounter, testing::capture};

use crate::RUNTIME;

/// Metrics that only this test records.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "never")]
struct Never {
    /// First recorded in a capture, which does not count, then outside.
    recorded_total: Counter,
    /// Enters and leaves.
    entered: UpDownCounter,
    /// Never recorded.
    #[expect(dead_code, reason = "the compiler knows too")]
    ignored_total: Counter,
}

#[test]
fn the_catalogue_lists_metrics_that_were_never_recorded() {
    let never = || -> Vec<_> {
        let never = RUNTIME.catalogue().never_recorded();
        never.map(|metric| metric.name).filter(|name| name.starts_with("never_")).collect()
    };
    let _ = capture(|| Never::global().recorded_total.inc());
    assert_eq!(never(), ["never_entered", "never_ignored_total", "never_recorded_total"]);
    Never::global().recorded_total.inc();
    assert_eq!(never(), ["never_entered", "never_ignored_total"]);
    drop(Never::global().entered.guard());
    assert_eq!(never(), ["never_ignored_total"]);
}
