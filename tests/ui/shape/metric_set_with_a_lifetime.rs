use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct RequestLabels<'a> {
    #[label(max = 50)]
    route: &'a str,
}

#[derive(MetricSet)]
struct Requests<'a> {
    /// Requests answered.
    requests_answered_total: Counter<RequestLabels<'a>>,
}

fn main() {
    let _labels = RequestLabels { route: "/jobs" }.combination();
}
