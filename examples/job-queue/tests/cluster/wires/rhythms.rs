//! The rhythms of the pushes over OTLP.

use osapi_metrics_tests::otlp_receiver::{Export, OtlpReceiver};

use super::{machine::Machine, sum};
use crate::support::simulation;

/// Metrics of the fast, the middle and the slow rhythm.
const FAST: &str = "jobs_processed_total";
const MIDDLE: &str = "process_memory_usage_bytes";
const SLOW: &str = "job_cost_usd_total";

fn count(exports: &[Export], name: &str) -> usize {
    exports.iter().filter(|export| export.metrics.contains_key(name)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_pushed_more_often_than_resources_and_those_more_often_than_costs() {
    let (collector, machine) = (OtlpReceiver::start(), Machine::new());
    let program = machine.start(
        &[],
        &[
            ("DASH0_METRICS_ENDPOINT", &collector.url()),
            ("METRICS_COLLECTION_INTERVAL", "1s"),
            ("METRICS_COLLECTION_INTERVALS", "job_cost*=3s,job*=200ms"),
        ],
    );
    program.api().run(&simulation(1)).await;
    collector.await_exports(|exports| {
        let [fast, middle, slow] = [FAST, MIDDLE, SLOW].map(|name| count(exports, name));
        slow >= 1 && middle >= slow + 2 && fast >= middle + 2
    });
}

/// The rhythms of the program itself: jobs each five seconds, costs each five minutes. Resources
/// have the interval of the variable.
#[tokio::test(flavor = "multi_thread")]
async fn the_stop_pushes_what_is_not_due_yet() {
    let (collector, machine) = (OtlpReceiver::start(), Machine::new());
    let mut program = machine.start(
        &[],
        &[("DASH0_METRICS_ENDPOINT", &collector.url()), ("METRICS_COLLECTION_INTERVAL", "1h")],
    );
    let api = program.api();
    api.run(&simulation(1)).await;
    collector.await_exports(|exports| count(exports, FAST) >= 1);
    let early = collector.exports();
    for name in [MIDDLE, SLOW, "job_billable_operations_total", "active_users", "worker_slots"] {
        // Workers are as fast as jobs.
        assert_eq!(count(&early, name) > 0, name == "worker_slots", "{name}");
    }
    api.run(&simulation(1)).await;
    assert!(program.terminate().await.success());
    let last = collector.exports().pop().expect("exports");
    for name in [MIDDLE, SLOW, "job_billable_operations_total", "active_users", "system.disk.io"] {
        assert!(last.metrics.contains_key(name), "{name}: {:?}", last.metrics.keys());
    }
    assert_eq!(sum(&last, FAST, &[("status", "completed")]), Some(2.0));
    assert_eq!(sum(&last, "job_billable_operations_total", &[]), Some(2.0));
}
