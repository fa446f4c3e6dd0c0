use osapi_metrics::{MetricSet, StateSet};

#[derive(MetricSet)]
struct Network {
    /// Whether the link is up.
    link_state: StateSet<bool>,
}

fn main() {
    let _ = Network::global();
}
