use osapi_metrics::MetricSet;

#[derive(MetricSet)]
struct Queue {
    /// What is seen of the queue.
    queue_wait_seconds: Timer,
}

fn main() {
    let _queue = Queue::global();
}
