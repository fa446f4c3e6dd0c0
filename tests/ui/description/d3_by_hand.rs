use osapi_metrics::{
    MetricDescriptor,
    descriptor::{InstrumentKind, MetricRules, ValueType},
};

const LOST: MetricDescriptor =
    MetricDescriptor::new("osapi_items_lost_total", InstrumentKind::Counter, ValueType::U64)
        .with_help("Items lost.")
        .with_absent_until("an item is lost.")
        .checked(MetricRules::new("osapi"));

fn main() {
    println!("{LOST:?}");
}
