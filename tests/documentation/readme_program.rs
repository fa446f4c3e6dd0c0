// The program of the README and of `examples/quickstart.rs`, as it stands there.

use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, Metrics, exposition::Format,
    instrumented_job,
};

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
    /// Size of an image before it is resized.
    #[metric(unit = "By", buckets = [1_000, 1_000_000])]
    image_size_bytes: Histogram<(), u64>,
}

#[instrumented_job(name = "image.resize")]
fn resize(pixels: &[u8]) -> Result<Vec<u8>, std::io::Error> {
    let images = ImageMetrics::global();
    if pixels.is_empty() {
        images.images_handled_total.with(Outcome::Skipped).inc();
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    images.image_size_bytes.record(pixels.len() as u64);
    images.images_handled_total.with(Outcome::Resized).inc();
    Ok(pixels.iter().step_by(2).copied().collect())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metrics = Metrics::builder().service_name("quickstart").enabled(true).install()?;
    assert!(resize(&[1, 2, 3, 4]).is_ok() && resize(&[]).is_err());
    print!("{}", metrics.render(Format::OpenMetrics));
    Ok(())
}
