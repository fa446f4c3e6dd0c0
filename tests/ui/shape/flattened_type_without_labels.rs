use osapi_metrics::LabelSet;

struct Queue;

#[derive(LabelSet)]
struct JobLabels {
    #[label(flatten)]
    queue: Queue,
}

fn main() {
    let _labels = JobLabels { queue: Queue };
}
