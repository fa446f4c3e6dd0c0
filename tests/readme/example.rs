// The example of the README, as it stands there.

use osapi_metrics::{Counter, Format, Histogram, LabelSet, LabelValue, MetricSet, Metrics};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Outcome {
    Resized,
    Skipped,
}

/// Work on images.
#[derive(MetricSet)]
struct ImageMetrics {
    /// Images handled, by outcome.
    #[metric(unit = "{image}")]
    images_handled_total: Counter<Outcome>,
    /// Time to resize one image.
    #[metric(unit = "s", buckets = [0.1, 1, 10])]
    image_resize_seconds: Histogram,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metrics = Metrics::builder().enabled(true).install()?;
    let images = ImageMetrics::global();
    images.images_handled_total.with(Outcome::Resized).inc();
    images.images_handled_total.with(Outcome::Skipped).add(2);
    images.image_resize_seconds.record(0.25);
    print!("{}", metrics.render(Format::OpenMetrics));
    Ok(())
}
