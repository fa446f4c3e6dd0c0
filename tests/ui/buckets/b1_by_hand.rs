use osapi_metrics::{MetricDescriptor, descriptor::{InstrumentKind, MetricRules, ValueType}};

const METRIC: MetricDescriptor = MetricDescriptor::new("osapi_attempts", InstrumentKind::Histogram, ValueType::U64)
    .with_help("Attempts of a job.")
    .checked(MetricRules::new("osapi"));

fn main() {
    assert!(METRIC.help.is_empty());
}
