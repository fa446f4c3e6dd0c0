use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Work {
    #[metric(description = concat!("Items", " seen."))]
    items_total: Counter,
}

fn main() {
    let _ = Work::global();
}
