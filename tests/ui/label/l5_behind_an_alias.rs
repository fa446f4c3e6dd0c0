use osapi_metrics::{LabelSet, MetricSet};

type Counter = osapi_metrics::Counter<TenantLabels>;

#[derive(LabelSet)]
struct TenantLabels {
    #[label(max = 5000)]
    tenant: String,
}

#[derive(MetricSet)]
struct Metrics {
    /// Jobs created.
    jobs_created_total: Counter,
}

fn main() {
    let tenant = String::new();
    Metrics::global().jobs_created_total.with(TenantLabels { tenant }).inc();
}
