use osapi_metrics::{LabelValue, MetricSet, StateSet};

#[derive(Clone, Copy, LabelValue)]
enum Link {
    Down,
    Up,
}

#[derive(MetricSet)]
#[metric_set(prefix = "")]
struct Network {
    /// What the instance does.
    instance: StateSet<Link>,
}

fn main() {
    Network::global().instance.set(Link::Up);
    Network::global().instance.set(Link::Down);
}
