use osapi_metrics::LabelValue;

#[derive(LabelValue)]
enum Status {
    Completed,
}

fn main() {
    let _status = Status::Completed;
}
