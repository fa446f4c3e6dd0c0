use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, ObservableGauge, ScopedSet, UpDownCounter,
    exposition::Format,
};

use crate::{RUNTIME, allocations, kept, take_turn};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Outcome {
    Hit,
    Miss,
}

#[derive(LabelSet)]
struct Key {
    #[label(max = 20)]
    key: u64,
}

#[derive(LabelSet)]
struct PoolLabels {
    #[label(max = 20)]
    pool: u64,
}

/// What pools do.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "memory_of_scopes", scope(labels = PoolLabels))]
struct PoolMetrics {
    /// Look-ups.
    lookups_total: Counter<Outcome>,
    /// Reads of a key.
    reads_total: Counter<Key>,
    /// Connections now.
    connections: UpDownCounter,
    /// Time to get one.
    #[metric(unit = "s")]
    wait_seconds: Histogram<Outcome>,
    /// Idle ones.
    idle: ObservableGauge,
}

fn pool(pool: u64) -> ScopedSet<PoolMetrics> {
    PoolMetrics::scoped(PoolLabels { pool })
}

fn use_pool(pool: &PoolMetrics) {
    pool.lookups_total.with(Outcome::Hit).inc();
    pool.reads_total.with(Key { key: 1 }).inc();
    pool.connections.inc();
    pool.wait_seconds.with(Outcome::Miss).record(0.5);
}

#[test]
fn instances_that_have_ended_use_no_memory() {
    let _turn = take_turn();
    // Other labels each time, and a scrape between, which keeps what it needs of the series.
    let make_and_drop = |first: u64, times: u64| {
        for name in first..first + times {
            let pool = pool(name);
            use_pool(&pool);
            pool.idle.observe(|| 1.0).keep();
            if name % 100 == 0 {
                RUNTIME.render(Format::OpenMetrics);
            }
        }
    };
    make_and_drop(0, 2_000);
    let bytes = kept(|| make_and_drop(2_000, 2_000));
    assert!(bytes < 10_000, "{bytes} bytes after 2,000 instances");
}

#[test]
fn recording_in_an_instance_allocates_nothing() {
    let _turn = take_turn();
    let pool = pool(u64::MAX);
    use_pool(&pool);
    assert_eq!(allocations(|| use_pool(&pool)), 0);
}
