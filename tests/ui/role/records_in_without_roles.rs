use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMail {
    /// Time to send a mail.
    #[metric(records_in = "s", buckets = [1, 2])]
    send_time: Histogram,
}

fn main() {}
