use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
#[label(job())]
struct StepLabels {
    retried: bool,
}

fn main() {
    let _labels = StepLabels { retried: false }.combination();
}
