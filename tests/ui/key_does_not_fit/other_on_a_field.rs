use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct ErrorLabels {
    #[label(max = 20, other)]
    error_type: String,
}

fn main() {
    let _labels = ErrorLabels { error_type: String::new() }.combination();
}
