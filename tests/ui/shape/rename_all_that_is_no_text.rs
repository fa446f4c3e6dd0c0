use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
#[label(rename_all = snake_case)]
enum Status {
    Completed,
    Lost,
}

fn main() {
    let _values = (Status::Completed.as_str(), Status::Lost.as_str());
}
