use osapi_metrics::{LabelValue, MetricSet, StateSet};

#[derive(Clone, Copy, LabelValue)]
enum Link {
    Down,
    Up,
}

#[derive(MetricSet)]
struct Network {
    /// What the link of each port does.
    link_state: StateSet<Link, u16>,
}

fn main() {
    let _ = (Network::global(), Link::Up, Link::Down);
}
