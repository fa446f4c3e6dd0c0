#![deny(dead_code)]

use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items that nobody counts.
    items_lost_total: Counter,
}

fn main() {}
