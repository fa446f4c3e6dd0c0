use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Status {
    TimedOut,
    #[label(rename = "timed_out")]
    Timeout,
}

fn main() {
    let _values = (Status::TimedOut.as_str(), Status::Timeout.as_str());
}
