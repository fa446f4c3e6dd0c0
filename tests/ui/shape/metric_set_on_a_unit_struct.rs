use osapi_metrics::MetricSet;

#[derive(MetricSet)]
struct Jobs;

fn main() {
    Jobs::global();
}
