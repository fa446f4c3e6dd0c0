use osapi_metrics::{
    MetricDescriptor,
    descriptor::{InstrumentKind, LabelDescriptor, LabelValues, MetricRules, ValueType},
};

const METRIC: MetricDescriptor = MetricDescriptor::new("osapi_jobs_waiting", InstrumentKind::Gauge, ValueType::U64)
    .with_help("Jobs waiting.")
    .with_labels(&[LabelDescriptor::new("queue", LabelValues::Open { max: 0 })])
    .checked(MetricRules::new("osapi"));

fn main() {
    assert!(METRIC.help.is_empty());
}
