use osapi_metrics::{Info, MetricSet};

#[derive(MetricSet)]
struct Device {
    /// The firmware that runs.
    firmware_info: Info<()>,
}

fn main() {
    let _ = Device::global();
}
