//! What the rules for names, descriptions, units and buckets accept, each below its number.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use osapi_metrics::{Counter, Gauge, Histogram, MetricSet, UpDownCounter};

// N1
#[derive(MetricSet)]
struct Words {
    /// Jobs that wait in the first queue.
    #[metric(name = "osapi.queue1.jobs_waiting")]
    waiting: UpDownCounter,
}

// N2
#[derive(MetricSet)]
#[metric_set(prefix = "tasker")]
struct Prefixed {
    /// Tasks that were requested: `tasker_tasks_requested_total`.
    tasks_requested_total: Counter,
    /// Tasks that wait.
    #[metric(name = "tasker.tasks.waiting")]
    waiting: UpDownCounter,
}

// N3
#[derive(MetricSet)]
struct Totals {
    /// Items taken from the queue.
    items_taken_total: Counter,
    /// Items put back into the queue.
    #[metric(name = "osapi.items.returned.total")]
    returned: Counter,
    /// Items in the queue.
    items_queued: UpDownCounter,
}

// N4
#[derive(MetricSet)]
struct Units {
    /// What was read from the disk.
    #[metric(unit = "By")]
    disk_read_bytes_total: Counter,
    /// How long an item waits, in a scrape `osapi_item_wait_seconds`.
    #[metric(name = "osapi.item.wait", unit = "s")]
    item_wait: Histogram,
}

// N5
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", allow(non_base_units))]
struct Milliseconds {
    /// How long a step takes.
    #[metric(unit = "ms", buckets = [5, 10, 50, 100, 500])]
    step_duration_milliseconds: Histogram,
}

// N6
#[derive(MetricSet)]
struct Counts {
    /// How many queues there are.
    queues: Gauge,
}

// N7
#[derive(MetricSet)]
struct Kinds {
    /// Items that passed the counter at the gate.
    gate_items_total: Counter,
}

// N8
#[derive(MetricSet)]
struct WordsInFull {
    /// How old the oldest item is.
    #[metric(unit = "s")]
    item_age_seconds: Gauge,
}

// N9
#[derive(MetricSet)]
struct Apart {
    /// Jobs that were started.
    jobs_started_total: Counter,
    /// Jobs that are there now.
    jobs: Gauge,
}

// N10
#[derive(MetricSet)]
#[metric_set(prefix = "", allow(semconv_names))]
struct Conventional {
    /// Duration of HTTP requests.
    #[metric(name = "http.client.request.duration", unit = "s")]
    request_duration: Histogram,
}

// N11
#[derive(MetricSet)]
struct Renamed {
    /// Items that are held back.
    #[metric(renamed_from = "depot.items_held")]
    items_held_back: Gauge,
}

// N12
#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}
#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct Pools {
    /// `shop_read_pool_connections_opened_total`
    #[metric(group = "read_pool")]
    read: PoolMetrics,
    /// `shop_write_connections_opened_total`
    #[metric(group)]
    write: PoolMetrics,
}

// D1
#[derive(MetricSet)]
struct Described {
    /// Items taken from the queue.
    items_pulled_total: Counter,
    #[metric(description = "Items put into the queue.")]
    items_pushed_total: Counter,
}

// U1
#[derive(MetricSet)]
struct Codes {
    /// How fast the disk is read.
    #[metric(unit = "By/s")]
    disk_read_bytes_per_second: Gauge,
    /// Temperature of the disk.
    #[metric(unit = "Cel")]
    disk_temperature_celsius: Gauge,
    /// Disks that failed.
    #[metric(unit = "{disk}")]
    disks_failed_total: Counter,
}

// U2
#[derive(MetricSet)]
struct Ratios {
    /// Fill level of the queue, 0 to 1.
    #[metric(unit = "1")]
    queue_fill_ratio: Gauge,
    /// Share of the time that workers are busy.
    #[metric(name = "osapi.worker.utilization", unit = "1")]
    utilization: Gauge,
}

// B1
#[derive(MetricSet)]
struct Ladders {
    /// How long an item waits: from 5 ms to 10 min.
    #[metric(unit = "s")]
    queue_wait_seconds: Histogram,
    /// How large an item is: from 256 B to 1 GiB.
    #[metric(unit = "By")]
    item_size_bytes: Histogram,
    /// How many items are taken at once.
    #[metric(unit = "{item}", buckets = [1, 10, 100])]
    batch_size: Histogram,
}

// B2
#[derive(MetricSet)]
struct Increasing {
    /// How long a step takes.
    #[metric(unit = "s", buckets = [0.1, 1, 10])]
    step_seconds: Histogram,
}

// B3
#[derive(MetricSet)]
struct Negative {
    /// How far the clock is off, in ticks.
    #[metric(unit = "{tick}", buckets = [-10, -1, 0, 1, 10])]
    clock_offset: Histogram,
}

// B4
const LATENCY_BUCKETS: &[f64] = &[0.005, 0.05, 0.5, 5.0];
#[derive(MetricSet)]
struct Mixed {
    /// How long the answer takes.
    #[metric(unit = "s", buckets = LATENCY_BUCKETS)]
    answer_seconds: Histogram,
    /// How long the question takes.
    #[metric(unit = "s", buckets = [0.5, 1, 2.5, 5])]
    question_seconds: Histogram,
}

fn main() {
    Words::global().waiting.inc();
    let prefixed = Prefixed::global();
    prefixed.tasks_requested_total.inc();
    prefixed.waiting.inc();
    let totals = Totals::global();
    totals.items_taken_total.inc();
    totals.returned.inc();
    totals.items_queued.dec();
    Units::global().disk_read_bytes_total.add(4096);
    Units::global().item_wait.record(0.5);
    Milliseconds::global().step_duration_milliseconds.record(7.0);
    Counts::global().queues.set(2.0);
    Kinds::global().gate_items_total.inc();
    WordsInFull::global().item_age_seconds.set(3.0);
    Apart::global().jobs_started_total.inc();
    Apart::global().jobs.set(1.0);
    Conventional::global().request_duration.record(0.1);
    Renamed::global().items_held_back.set(1.0);
    Pools::global().read.connections_opened_total.inc();
    Pools::global().write.connections_opened_total.inc();
    Described::global().items_pulled_total.inc();
    Described::global().items_pushed_total.inc();
    let codes = Codes::global();
    codes.disk_read_bytes_per_second.set(1e6);
    codes.disk_temperature_celsius.set(40.0);
    codes.disks_failed_total.inc();
    Ratios::global().queue_fill_ratio.set(0.4);
    Ratios::global().utilization.set(0.9);
    let ladders = Ladders::global();
    assert_eq!(Ladders::DESCRIPTORS[0].buckets.len(), 16);
    ladders.queue_wait_seconds.record(0.5);
    ladders.item_size_bytes.record(1024.0);
    ladders.batch_size.record(3.0);
    Increasing::global().step_seconds.record(1.0);
    Negative::global().clock_offset.record(-1.0);
    Mixed::global().answer_seconds.record(0.1);
    Mixed::global().question_seconds.record(0.1);
}
