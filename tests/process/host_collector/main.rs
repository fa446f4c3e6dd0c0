//! The host with the names of the Collector's receiver. A process of its own, because the metrics
//! that come with the instrumentation give way to those of the program.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;

use osapi_metrics::{
    MetricDescriptor,
    instrumentation::host::{self, HostMetrics, collector_set},
};
use osapi_metrics_tests::reading::{Reading, install};

collector_set! {
    /// The host.
    struct CollectorHostMetrics;
}

/// What `metadata.yaml` of the scrapers of the receiver says, for the metrics that the set has:
/// name, unit, kind, attributes.
const RECEIVER: &str = "\
system.cpu.time s counter cpu,state
system.cpu.utilization 1 gauge cpu,state
system.cpu.logical.count {cpu} up-down
system.cpu.load_average.1m {thread} gauge
system.cpu.load_average.5m {thread} gauge
system.cpu.load_average.15m {thread} gauge
system.memory.usage By up-down state
system.memory.utilization 1 gauge state
system.paging.usage By up-down device,state
system.disk.io By counter device,direction
system.disk.operations {operations} counter device,direction
system.disk.io_time s counter device
system.disk.operation_time s counter device,direction
system.disk.weighted_io_time s counter device
system.disk.pending_operations {operations} up-down device
system.disk.merged {operations} counter device,direction
system.filesystem.usage By up-down device,mode,mountpoint,type,state
system.filesystem.inodes.usage {inodes} up-down device,mode,mountpoint,type,state
system.filesystem.utilization 1 gauge device,mode,mountpoint,type
system.network.io By counter device,direction
system.network.packets {packets} counter device,direction
system.network.dropped {packets} counter device,direction
system.network.errors {errors} counter device,direction
system.uptime s gauge
";

fn described(metric: &MetricDescriptor) -> String {
    let kind = metric.kind.as_str().trim_end_matches(" counter");
    let labels: Vec<_> = metric.labels.iter().map(|label| label.key).collect();
    let (name, unit) = (metric.name, metric.unit.unwrap_or_default());
    format!("{name} {unit} {kind} {}", labels.join(",")).trim_end().to_owned()
}

#[test]
fn the_set_has_names_units_and_labels_of_the_receiver() {
    // The receiver has a label for swap areas, which are one here.
    let receiver = RECEIVER.replace("up-down device,state", "up-down state");
    let of_receiver: BTreeSet<_> = receiver.lines().map(str::to_owned).collect();
    let own = CollectorHostMetrics::DESCRIPTORS.iter().map(described);
    let of_set: BTreeSet<_> = own.filter(|metric| metric.starts_with("system.")).collect();
    assert_eq!(of_set, of_receiver);
}

#[test]
fn the_documentation_lists_the_set() {
    let page = include_str!("../../../metrics-runtime/src/instrumentation/host/collector/mod.rs");
    let rows: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("//! | `")).collect();
    let row = |metric: &MetricDescriptor| {
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{}`", label.key)).collect();
        let labels = labels.join(", ");
        let space = if labels.is_empty() { "" } else { " " };
        format!("{}` | `{}` |{space}{labels} |", metric.name, metric.unit.unwrap_or_default())
    };
    assert_eq!(rows, CollectorHostMetrics::DESCRIPTORS.iter().map(row).collect::<Vec<_>>());
}

#[test]
fn the_program_has_the_names_of_the_receiver_only() {
    // Linked in, and left out where its names are those of the program.
    let _ = HostMetrics::global();
    host::observe_in::<CollectorHostMetrics>(&()).unwrap().keep();
    let metrics = install();
    let time = metrics.catalogue().iter().filter(|metric| metric.name == "system.cpu.time");
    let labels: Vec<_> = time
        .map(|metric| metric.labels.iter().map(|label| label.key).collect::<Vec<_>>())
        .collect();
    assert_eq!(labels, [["cpu", "state"]]);

    let reading = Reading::of(&metrics);
    let states: BTreeSet<_> =
        reading.label_values("system_cpu_time_seconds_total", "state").into_iter().collect();
    let expected = ["idle", "interrupt", "nice", "softirq", "steal", "system", "user", "wait"];
    assert_eq!(states, expected.map(str::to_owned).into());
    let labels = [("cpu", "cpu0"), ("state", "user")];
    assert!(reading.number("system_cpu_time_seconds_total", &labels) > Some(0.0));
    let states = reading.label_values("system_memory_usage_bytes", "state");
    assert!(states.contains(&"slab_reclaimable".to_owned()), "{states:?}");
    assert!(reading.number("system_uptime_seconds", &[]) > Some(0.0));
    // Pressure has the same name in both sets, and one value.
    let resources = reading.label_values("osapi_host_pressure_seconds_total", "resource");
    assert_eq!(resources.is_empty(), std::fs::metadata("/proc/pressure/io").is_err());
}
