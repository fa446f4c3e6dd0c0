use osapi_metrics::{LabelValue, MetricSet, StateSet};

#[derive(Clone, Copy, LabelValue)]
enum Link {
    Down,
    Up,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct PortMetrics {
    /// What the link does.
    link_state: StateSet<Link>,
}

#[derive(MetricSet)]
struct Network {
    #[metric(group)]
    uplink: PortMetrics,
}

fn main() {
    Network::global().uplink.link_state.set(Link::Up);
    Network::global().uplink.link_state.set(Link::Down);
}
