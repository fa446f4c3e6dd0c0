use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Disk {
    /// Bytes read.
    #[metric(name = "osapi_disk_read_total", unit = "By")]
    read: Counter,
}

fn main() {
    Disk::global().read.inc();
}
