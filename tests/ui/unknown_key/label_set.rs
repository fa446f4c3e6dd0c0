use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
#[label(alow(semconv_names))]
struct TaskLabels {
    retried: bool,
}

fn main() {
    let _labels = TaskLabels { retried: true };
}
