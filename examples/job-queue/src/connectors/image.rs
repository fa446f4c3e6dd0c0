//! `image`: the Mandelbrot set, as PNG.

use std::io::Write;

use png::{BitDepth, ColorType, Encoder};
use serde_json::json;

use super::{
    ConnectorError, Connectors, Progress,
    blocking::{Stop, blocking},
    buffer, check_memory,
    output::OutputDigest,
};
use crate::{
    job::{ImagePayload, JobOutput},
    models::Model,
};

const BYTES_PER_PIXEL: usize = 3;
const MEGAPIXEL: u64 = 1_000_000;
/// The pixels between two looks at the stop.
const PIXELS_AT_ONCE: usize = 256;

pub(super) async fn run(
    connectors: &Connectors,
    payload: &ImagePayload,
    progress: &Progress,
) -> Result<JobOutput, ConnectorError> {
    let pixels = u64::from(payload.width) * u64::from(payload.height);
    let (bytes, limit) = (pixels.saturating_mul(BYTES_PER_PIXEL as u64), connectors.memory_limit);
    check_memory(bytes, limit)?;
    let model = connectors.models.get(&payload.model).await?;
    let (view, progress) = (View::of(payload), progress.clone());
    let (bytes, sha256) = blocking(move |stop| {
        let mut image = buffer(bytes, limit)?;
        view.draw(&mut image, &model, stop, &progress)?;
        let mut output = OutputDigest::default();
        view.encode(&image, &mut output, stop)?;
        Ok(output.finish())
    })
    .await?;
    Ok(JobOutput {
        bytes,
        summary: json!({ "width": payload.width, "height": payload.height, "sha256": sha256 }),
        billable_operations: pixels.div_ceil(MEGAPIXEL).max(1),
    })
}

/// The part of the plane that the image shows: all of the set.
pub(super) struct View {
    width: u32,
    height: u32,
    iterations: u32,
}

impl View {
    pub(super) fn of(payload: &ImagePayload) -> Self {
        Self { width: payload.width, height: payload.height, iterations: payload.iterations }
    }

    fn row_bytes(&self) -> usize {
        self.width as usize * BYTES_PER_PIXEL
    }

    /// Draws into a buffer with three bytes for each pixel.
    pub(super) fn draw(
        &self,
        image: &mut [u8],
        model: &Model,
        stop: &Stop,
        progress: &Progress,
    ) -> Result<(), ConnectorError> {
        // The set is between -2 and 0.5, and -1.25 and 1.25.
        let scale = 2.5 / f64::from(self.width.min(self.height));
        let left = -0.75 - scale * f64::from(self.width) / 2.0;
        let top = -scale * f64::from(self.height) / 2.0;
        for (y, row) in (0..self.height).zip(image.chunks_exact_mut(self.row_bytes())) {
            let imaginary = top + scale * (f64::from(y) + 0.5);
            let mut x = 0.0;
            for pixels in row.chunks_mut(PIXELS_AT_ONCE * BYTES_PER_PIXEL) {
                stop.check()?;
                for pixel in pixels.chunks_exact_mut(BYTES_PER_PIXEL) {
                    let real = left + scale * (x + 0.5);
                    pixel.copy_from_slice(&self.colour(real, imaginary, model));
                    x += 1.0;
                }
            }
            progress.set(u64::from(y) + 1, self.height.into());
        }
        Ok(())
    }

    /// The colour of a point: black inside of the set, else by how fast the point leaves it.
    fn colour(&self, real: f64, imaginary: f64, model: &Model) -> [u8; 3] {
        let (mut re, mut im) = (0.0_f64, 0.0_f64);
        for iteration in 0..self.iterations {
            let (re_squared, im_squared) = (re * re, im * im);
            if re_squared + im_squared > 4.0 {
                return model.colour(f64::from(iteration) / f64::from(self.iterations));
            }
            im = 2.0 * re * im + imaginary;
            re = re_squared - im_squared + real;
        }
        [0; 3]
    }

    /// Writes the image as PNG, row by row.
    pub(super) fn encode(
        &self,
        image: &[u8],
        output: &mut impl Write,
        stop: &Stop,
    ) -> Result<(), ConnectorError> {
        let mut encoder = Encoder::new(output, self.width, self.height);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        let mut header = encoder.write_header()?;
        let mut writer = header.stream_writer()?;
        for row in image.chunks_exact(self.row_bytes()) {
            stop.check()?;
            writer.write_all(row)?;
        }
        writer.finish()?;
        Ok(())
    }
}
