use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Status {
    #[label(rename = "")]
    Unknown,
}

fn main() {
    let _value = Status::Unknown.as_str();
}
