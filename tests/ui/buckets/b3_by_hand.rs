use osapi_metrics::{MetricDescriptor, descriptor::{InstrumentKind, MetricRules, ValueType}};

const METRIC: MetricDescriptor = MetricDescriptor::new("osapi_wait_seconds", InstrumentKind::Histogram, ValueType::F64)
    .with_unit("s")
    .with_help("Time spent waiting.")
    .with_buckets(&[-1.0, 1.0])
    .checked(MetricRules::new("osapi"));

fn main() {
    assert!(METRIC.help.is_empty());
}
