use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
#[label(crate = "renamed_metrics")]
enum Status {
    Completed,
    Failed,
}

fn main() {
    let _values = (Status::Completed, Status::Failed);
}
