use osapi_metrics::{Info, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Firmware {
    #[label(max = 1)]
    version: &'static str,
}

#[derive(MetricSet)]
struct Device {
    /// The firmware that runs.
    #[metric(critical(below = 1))]
    firmware_info: Info<Firmware>,
}

fn main() {
    Device::global().firmware_info.set(Firmware { version: "2.1" });
}
