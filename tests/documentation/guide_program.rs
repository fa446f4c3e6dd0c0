// The first program of the guide, as it stands there.

use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, Metrics,
    exposition::Format,
};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Outcome {
    Stored,
    Refused,
}

/// Files that users upload.
#[derive(MetricSet)]
struct UploadMetrics {
    /// Uploads, by outcome.
    #[metric(unit = "{upload}")]
    uploads_total: Counter<Outcome>,
    /// Time to store one upload.
    #[metric(unit = "s", buckets = [0.1, 1, 10])]
    upload_store_seconds: Histogram,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metrics = Metrics::builder().enabled(true).install()?;
    let uploads = UploadMetrics::global();
    uploads.uploads_total.with(Outcome::Stored).inc();
    uploads.uploads_total.with(Outcome::Refused).add(2);
    uploads.upload_store_seconds.record(0.25);
    print!("{}", metrics.render(Format::OpenMetrics));
    Ok(())
}
