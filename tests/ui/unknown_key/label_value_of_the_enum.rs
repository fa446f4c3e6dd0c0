use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
#[label(renameall = "kebab-case")]
enum Status {
    Completed,
    TimedOut,
}

fn main() {
    let _values = (Status::Completed.as_str(), Status::TimedOut.as_str());
}
