use osapi_metrics::{LabelValue, MetricSet, StateSet};

#[derive(Clone, Copy, LabelValue)]
enum Link {
    Down,
    Up,
}

#[derive(MetricSet)]
struct Network {
    /// What the link does.
    #[metric(warning(above = 0))]
    link_state: StateSet<Link>,
}

fn main() {
    Network::global().link_state.set(Link::Up);
    Network::global().link_state.set(Link::Down);
}
