use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(max = 20)]
    queue: String,
    #[label(key = "queue", exemplar)]
    channel: String,
}

fn main() {
    let _labels = JobLabels { queue: String::new(), channel: String::new() }.combination();
}
