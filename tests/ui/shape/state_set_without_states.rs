use osapi_metrics::{MetricSet, StateSet};

#[derive(MetricSet)]
struct Network {
    /// What the link does.
    link_state: StateSet,
}

fn main() {
    let _ = Network::global();
}
