use osapi_metrics::{Info, MetricSet};

struct Firmware;

#[derive(MetricSet)]
struct Device {
    /// The firmware that runs.
    firmware_info: Info<Firmware>,
}

fn main() {
    let _ = (Device::global(), Firmware);
}
