use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 20)]
    namespace: String,
}

#[derive(LabelSet)]
#[label(job(labels = StepLabels))]
struct QueueLabels {
    #[label(max = 20)]
    queue: String,
}

fn main() {
    let _step = StepLabels { namespace: String::new() };
    let _labels = QueueLabels { queue: String::new() }.combination();
}
