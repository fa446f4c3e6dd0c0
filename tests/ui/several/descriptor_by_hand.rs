use osapi_metrics::{
    MetricDescriptor,
    descriptor::{InstrumentKind, LabelDescriptor, LabelValues, MetricRules, ValueType},
};

const LABELS: &[LabelDescriptor] = &[
    LabelDescriptor::new("queueName", LabelValues::Open { max: 3000 }),
    LabelDescriptor::new("retried", LabelValues::Bool),
    LabelDescriptor::new("retried", LabelValues::Closed(&[])),
];

const WAIT: MetricDescriptor =
    MetricDescriptor::new("wait_ms", InstrumentKind::Histogram, ValueType::I64)
        .with_unit("msec")
        .with_labels(LABELS)
        .with_buckets(&[1.0, 0.5])
        .checked(MetricRules::new("osapi"));

fn main() {
    assert_eq!(WAIT.labels.len(), 3);
}
