use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
union Jobs {
    created: std::mem::ManuallyDrop<Counter>,
}

fn main() {
    let _jobs = Jobs::global();
}
