use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(recent = 2)]
    retried: bool,
}

fn main() {
    let _labels = JobLabels { retried: false }.combination();
}
