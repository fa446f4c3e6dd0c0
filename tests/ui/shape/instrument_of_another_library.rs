use osapi_metrics::MetricSet;

#[derive(MetricSet)]
struct Queue {
    /// What is seen of the queue.
    items_taken_total: IntCounterVec,
}

fn main() {
    let _queue = Queue::global();
}
