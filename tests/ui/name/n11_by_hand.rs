use osapi_metrics::{
    MetricDescriptor,
    descriptor::{InstrumentKind, MetricRules, ValueType},
};

const QUEUED: MetricDescriptor =
    MetricDescriptor::new("osapi_items_queued", InstrumentKind::Gauge, ValueType::F64)
        .with_help("Items in the queue.")
        .with_renamed_from("osapi_items_total")
        .checked(MetricRules::new("osapi"));

fn main() {
    assert!(QUEUED.help.is_empty());
}
