use osapi_metrics::{LabelSet, LabelValue, MetricSet, StateSet};

#[derive(Clone, Copy, LabelValue)]
enum Link {
    Down,
    Up,
}

#[derive(LabelSet)]
struct Device {
    #[label(max = 2)]
    network_link_state: u16,
}

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX, scope(labels = Device))]
struct Network {
    /// What the link of each device does.
    link_state: StateSet<Link>,
}

const PREFIX: &str = "network";

fn main() {
    for link in [Link::Up, Link::Down] {
        Network::scoped(Device { network_link_state: 1 }).link_state.set(link);
    }
}
