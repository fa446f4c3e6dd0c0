use osapi_metrics::LabelSet;

#[derive(LabelSet)]
#[label(other)]
struct ErrorLabels {
    timeout: bool,
}

fn main() {
    let _labels = ErrorLabels { timeout: true }.combination();
}
