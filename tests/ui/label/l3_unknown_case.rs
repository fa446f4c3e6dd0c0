use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
#[label(rename_all = "kebab_case")]
enum Status {
    TimedOut,
}

fn main() {
    let _value = Status::TimedOut.as_str();
}
