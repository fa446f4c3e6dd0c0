use osapi_metrics::{Counter, Gauge, Histogram, MetricSet, UpDownCounter};

const PREFIX: &str = "tasker";
const BUCKETS: &[f64] = &[1.0, 0.5];

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Tasks {
    /// Tasks created.
    #[metric(name = "tasks_counter", unit = "task")]
    created: Counter,
    /// Tasks waiting.
    tasks_waiting_total: Gauge,
    /// Time to the end.
    #[metric(name = "tasker_task_ms", unit = "ms", buckets = BUCKETS)]
    duration: Histogram,
    #[metric(name = "tasker.tasks.waiting")]
    waiting: UpDownCounter,
    /// Tasks waiting, once more.
    tasks_waiting: UpDownCounter,
    /// Tasks seen.
    tasks_seen: Vec<u64>,
}

fn main() {
    let tasks = Tasks::global();
    tasks.created.inc();
    tasks.duration.record(0.5);
}
