use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Status {
    #[label(renamed = "ok")]
    Completed,
}

fn main() {
    let _value = Status::Completed.as_str();
}
