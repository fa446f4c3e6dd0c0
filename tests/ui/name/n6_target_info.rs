use osapi_metrics::{Info, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Target {
    #[label(max = 1)]
    version: &'static str,
}

#[derive(MetricSet)]
#[metric_set(prefix = "target")]
struct Device {
    /// The firmware that runs.
    info: Info<Target>,
}

fn main() {
    Device::global().info.set(Target { version: "2.1" });
}
