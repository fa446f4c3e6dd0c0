//! GPUs in a set of a service that has the names of a shipped set. A process of its own, because
//! the names of the service displace the shipped ones everywhere.

#![cfg(unix)]

use std::{
    thread,
    time::{Duration, Instant},
};

use fake_nvml::FakeDriver;
use osapi_metrics::{
    LabelSet, MetricSet, ObservableGauge,
    instrumentation::gpu::{Gpu, GpuIndexMetrics, GpuOptions, GpuRoles},
    roles::RoleLabels,
};
use osapi_metrics_tests::reading::{Reading, install};

#[derive(LabelSet)]
struct GpuLabels {
    #[label(max = 16)]
    gpu_index: u32,
}

impl RoleLabels<(), Gpu> for GpuLabels {
    fn role_labels((): &(), gpu: &Gpu) -> Self {
        Self { gpu_index: gpu.index }
    }
}

/// The resources of a job queue.
#[derive(MetricSet)]
#[metric_set(prefix = "", roles(of = GpuRoles), allow(non_base_units))]
struct ResourceMetrics {
    /// GPU utilization percentage.
    #[metric(unit = "%", on = utilization)]
    gpu_utilization_percent: ObservableGauge<GpuLabels>,
    /// GPU memory usage in bytes.
    #[metric(unit = "By", on = memory_usage)]
    gpu_memory_used_bytes: ObservableGauge<GpuLabels>,
}

#[test]
fn a_service_has_the_names_that_it_declares() {
    let driver = FakeDriver::with_answers(
        "driver count 2\n0 uuid GPU-a\n0 utilization 37 1\n0 memory 9000000000 0 4294967296\n\
         1 uuid GPU-b\n1 utilization 0 0\n1 memory 9000000000 0 0\n",
    )
    .unwrap();
    let metrics = install();
    let options = GpuOptions::new().interval(Duration::from_secs(3600)).library(driver.library());
    // The shipped metrics of these names differ in the limit of their labels and in a type.
    options.observe_in::<GpuIndexMetrics>(&()).unwrap().keep();
    let observations = options.observe_in::<ResourceMetrics>(&()).unwrap();

    let begin = Instant::now();
    let reading = loop {
        let reading = Reading::of(&metrics);
        if reading.number("gpu_memory_used_bytes", &[("gpu_index", "1")]).is_some() {
            break reading;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "no GPU is read");
        thread::yield_now();
    };
    for (index, percent, bytes) in [("0", 37.0, 4_294_967_296.0), ("1", 0.0, 0.0)] {
        let number = |metric| reading.number(metric, &[("gpu_index", index)]);
        assert_eq!(number("gpu_utilization_percent"), Some(percent));
        assert_eq!(number("gpu_memory_used_bytes"), Some(bytes));
    }
    // No series of the other shipped set is there.
    assert_eq!(reading.label_values("hw_status", "hw_id"), [""; 0]);
    let declared = metrics.catalogue().iter().filter(|metric| metric.name.starts_with("gpu_"));
    let packages: Vec<_> = declared.map(|metric| metric.origin.package).collect();
    assert_eq!(packages, ["osapi-metrics-tests"; 2]);

    drop(observations);
    let after = Reading::of(&metrics);
    assert_eq!(after.number("gpu_utilization_percent", &[("gpu_index", "0")]), None);
}
