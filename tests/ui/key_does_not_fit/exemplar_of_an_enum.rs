use osapi_metrics::LabelValue;

#[derive(LabelValue)]
#[label(exemplar)]
enum Priority {
    Low,
}

fn main() {
    let _text = Priority::Low.as_str();
}
