use osapi_metrics::{MetricDescriptor, descriptor::{InstrumentKind, MetricRules, ValueType}};

const METRIC: MetricDescriptor = MetricDescriptor::new("osapi_wait_seconds", InstrumentKind::Gauge, ValueType::F64)
    .with_unit("seconds")
    .with_help("Time spent waiting.")
    .checked(MetricRules::new("osapi"));

fn main() {
    assert!(METRIC.help.is_empty());
}
