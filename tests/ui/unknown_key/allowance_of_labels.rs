use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
#[label(allow(semconv_name))]
struct RequestLabels {
    retried: bool,
}

fn main() {
    let _labels = RequestLabels { retried: true };
}
