use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
#[label(other)]
enum ErrorClass {
    Timeout,
    Unknown,
}

fn main() {
    let _values = [ErrorClass::Timeout.as_str(), ErrorClass::Unknown.as_str()];
}
