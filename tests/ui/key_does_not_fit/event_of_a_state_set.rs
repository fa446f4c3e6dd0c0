use osapi_metrics::{LabelValue, MetricSet, StateSet, jobs::JobLabels};

#[derive(Clone, Copy, LabelValue)]
enum Link {
    Down,
    Up,
}

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Jobs {
    /// What the link does.
    #[metric(on = started)]
    link_state: StateSet<Link>,
}

fn main() {
    Jobs::global().link_state.set(Link::Up);
    Jobs::global().link_state.set(Link::Down);
}
