use osapi_metrics::{
    MetricDescriptor,
    descriptor::{
        Comparison, InstrumentKind, MetricRules, Severity, Threshold, ValueType,
    },
};

const FULL: &[Threshold] = &[Threshold::new(Severity::Warning, Comparison::Above, 80.0)];

const FILL: MetricDescriptor =
    MetricDescriptor::new("osapi_queue_fill_ratio", InstrumentKind::Gauge, ValueType::F64)
        .with_unit("1")
        .with_help("Fill level of the queue, 0 to 1.")
        .with_thresholds(FULL)
        .checked(MetricRules::new("osapi"));

fn main() {
    assert!(FILL.help.is_empty());
}
