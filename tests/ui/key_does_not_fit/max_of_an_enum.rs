use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
#[label(max = 3)]
enum Status {
    Completed,
    Failed,
}

fn main() {
    let _values = (Status::Completed.as_str(), Status::Failed.as_str());
}
