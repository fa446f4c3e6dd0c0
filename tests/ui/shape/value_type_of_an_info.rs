use osapi_metrics::{Info, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Firmware {
    #[label(max = 1)]
    version: &'static str,
}

#[derive(MetricSet)]
struct Device {
    /// The firmware that runs.
    firmware_info: Info<Firmware, u64>,
}

fn main() {
    Device::global().firmware_info.set(Firmware { version: "2.1" });
}
