use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
#[label(rename_all = "lowercase")]
enum Status {
    TimedOut,
    Timedout,
}

fn main() {
    let _values = (Status::TimedOut.as_str(), Status::Timedout.as_str());
}
