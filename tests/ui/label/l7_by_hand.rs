use osapi_metrics::{
    MetricDescriptor,
    descriptor::{ConstantLabel, InstrumentKind, MetricRules, ValueType},
};

const DEPTH: MetricDescriptor =
    MetricDescriptor::new("shop_queue_depth", InstrumentKind::Gauge, ValueType::U64)
        .with_help("Items now in the queue.")
        .with_constant_labels(&[ConstantLabel::new("shop.tier", "batch")])
        .checked(MetricRules::new("shop"));

fn main() {
    let _ = DEPTH;
}
