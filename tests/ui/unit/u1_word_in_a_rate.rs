use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Disk {
    /// How fast the disk is read.
    #[metric(unit = "By/sec")]
    disk_read_bytes_per_second: Gauge,
}

fn main() {
    Disk::global().disk_read_bytes_per_second.set(1.0);
}
