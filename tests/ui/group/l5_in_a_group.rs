use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Labels {
    #[label(max = 3000)]
    user: String,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter<Labels>,
}

fn main() {}
