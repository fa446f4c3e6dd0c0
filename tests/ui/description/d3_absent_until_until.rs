use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items lost.
    #[metric(absent_until = "until an item is lost")]
    items_lost_total: Counter,
}

fn main() {
    Queue::global().items_lost_total.inc();
}
