use osapi_metrics::{Info, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Clock {
    #[label(max = 1)]
    source: &'static str,
}

#[derive(MetricSet)]
struct Device {
    /// The clock that counts milliseconds.
    milliseconds_info: Info<Clock>,
}

fn main() {
    Device::global().milliseconds_info.set(Clock { source: "tsc" });
}
