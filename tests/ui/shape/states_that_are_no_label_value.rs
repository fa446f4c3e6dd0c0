use osapi_metrics::{MetricSet, StateSet};

enum Link {
    Up,
}

#[derive(MetricSet)]
struct Network {
    /// What the link does.
    link_state: StateSet<Link>,
}

fn main() {
    let _ = (Network::global(), Link::Up);
}
