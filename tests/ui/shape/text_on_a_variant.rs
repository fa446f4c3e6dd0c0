use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Status {
    Completed,
    #[label("gone")]
    Lost,
}

fn main() {
    let _values = (Status::Completed.as_str(), Status::Lost.as_str());
}
