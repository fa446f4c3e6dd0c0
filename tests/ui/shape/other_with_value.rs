use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Status {
    Completed,
    #[label(other = "unknown")]
    Lost,
}

fn main() {
    let _values = (Status::Completed.as_str(), Status::from("gone").as_str());
}
