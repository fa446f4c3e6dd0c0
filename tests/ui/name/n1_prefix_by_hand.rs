use osapi_metrics::{MetricDescriptor, descriptor::{InstrumentKind, MetricRules, ValueType}};

const METRIC: MetricDescriptor = MetricDescriptor::new("osapi_jobs_created_total", InstrumentKind::Counter, ValueType::U64)
    .with_help("Jobs created.")
    .checked(MetricRules::new("My-App"));

fn main() {
    assert!(METRIC.help.is_empty());
}
