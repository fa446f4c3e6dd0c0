use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job(prefix = "image")]
impl Resizer {
    const fn width(&self) -> u32 {
        2
    }

    extern "C" fn crop(&self, width: u32) -> u32 {
        width / 3
    }

    #[track_caller]
    fn rotate(&self, width: u32) -> u32 {
        width
    }

    fn widths(&self) -> impl Iterator<Item = u32> {
        0..3
    }

    #[instrumented_job(nmae = "image.resize")]
    fn resize(&self, width: u32) -> u32 {
        width / 2
    }

    #[instrumented_job(skip)]
    const fn height(&self) -> u32 {
        3
    }
}

fn main() {
    Resizer.resize(Resizer.width() + Resizer.height());
    Resizer.crop(Resizer.rotate(1));
    Resizer.widths().next();
}
