#![deny(dead_code)]

use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
pub struct Queue {
    /// Items taken from the queue.
    items_taken_total: Counter,
    /// Items that nobody counts.
    items_lost_total: Counter,
}

fn main() {
    Queue::global().items_taken_total.inc();
}
