use osapi_metrics::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Status {}

fn main() {
    let _values = Status::VALUES;
}
