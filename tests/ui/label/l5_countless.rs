use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Labels {
    #[label(max = 10_000_000_000)]
    user: &'static str,
    #[label(max = 10_000_000_000)]
    document: &'static str,
    shared: bool,
}

#[derive(MetricSet)]
struct Documents {
    /// Documents read.
    documents_read_total: Counter<Labels>,
}

fn main() {
    let labels = Labels { user: "ada", document: "notes", shared: true };
    Documents::global().documents_read_total.with(labels).inc();
}
