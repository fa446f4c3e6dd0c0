use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Time that items wait.
    #[metric(name = "osapi.queue.wait", unit = "s")]
    dotted: Histogram,
    /// Time that items wait, again.
    #[metric(name = "osapi_queue_wait_seconds", unit = "s")]
    underscored: Histogram,
}

fn main() {
    Queue::global().dotted.record(0.5);
    Queue::global().underscored.record(0.5);
}
