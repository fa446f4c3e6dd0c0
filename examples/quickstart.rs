//! The smallest program: declares metrics, records into them, and prints the text of a scrape.
//!
//! ```console
//! cargo run -p osapi-metrics --example quickstart
//! ```

use osapi_metrics::{
    Counter, Format, Histogram, LabelSet, LabelValue, MetricSet, Metrics, instrumented_job,
};

/// The outcome of an image: the label `outcome`, with the values `resized` and `skipped`.
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

/// A job: its start, its end, its status and its duration are recorded in `JobMetrics`.
#[instrumented_job(name = "image.resize")]
fn resize(pixels: &[u8]) -> Result<Vec<u8>, std::io::Error> {
    let images = ImageMetrics::global();
    if pixels.is_empty() {
        images.images_handled_total.with(Outcome::Skipped).inc();
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let half = images.image_resize_seconds.time(|| pixels.iter().step_by(2).copied().collect());
    images.images_handled_total.with(Outcome::Resized).inc();
    Ok(half)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metrics = Metrics::builder().service_name("quickstart").enabled(true).install()?;

    for pixels in [&[1, 2, 3, 4][..], &[]] {
        match resize(pixels) {
            Ok(half) => eprintln!("{} bytes became {}", pixels.len(), half.len()),
            Err(error) => eprintln!("{} bytes: {error}", pixels.len()),
        }
    }

    print!("{}", metrics.render(Format::OpenMetrics));
    metrics.shutdown()?;
    Ok(())
}
