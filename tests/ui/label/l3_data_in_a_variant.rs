use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Status {
    Completed,
    Failed(u32),
}

fn main() {
    let _values = (Status::Completed.as_str(), Status::Failed(1).as_str());
}
