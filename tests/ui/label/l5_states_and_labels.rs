use osapi_metrics::{LabelSet, LabelValue, MetricSet, StateSet};

#[derive(Clone, Copy, LabelValue)]
enum Link {
    Down,
    Up,
}

#[derive(LabelSet)]
struct Port {
    #[label(max = 1500)]
    port: u16,
}

#[derive(MetricSet)]
struct Network {
    /// What the link of each port does.
    link_state: StateSet<Link, Port>,
}

fn main() {
    for link in [Link::Up, Link::Down] {
        Network::global().link_state.with(Port { port: 80 }).set(link);
    }
}
