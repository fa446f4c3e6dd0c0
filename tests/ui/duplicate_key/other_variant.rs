use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum ErrorClass {
    Timeout,
    #[label(other)]
    Unknown,
    #[label(other)]
    Rest,
}

fn main() {
    let _classes = [ErrorClass::Timeout, ErrorClass::from("late"), ErrorClass::Rest];
    let _value = ErrorClass::Unknown.as_str();
}
