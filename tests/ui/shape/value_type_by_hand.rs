use osapi_metrics::{MetricDescriptor, descriptor::{InstrumentKind, MetricRules, ValueType}};

const METRIC: MetricDescriptor = MetricDescriptor::new("osapi_jobs_created_total", InstrumentKind::Counter, ValueType::I64)
    .with_help("Jobs created.")
    .checked(MetricRules::new("osapi"));

fn main() {
    assert!(METRIC.help.is_empty());
}
