use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
#[label(job(labels = StepLabels))]
struct StepLabels {
    retried: bool,
}

fn main() {
    let _labels = StepLabels { retried: false }.combination();
}
