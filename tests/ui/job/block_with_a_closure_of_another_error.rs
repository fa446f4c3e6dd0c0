use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job(ok_if = |_: &std::fmt::Error| true)]
impl Resizer {
    fn resize(&self, width: u32) -> Result<u32, std::io::Error> {
        Ok(width / 2)
    }

    async fn crop(&self, width: u32) -> std::io::Result<u32> {
        Ok(width / 3)
    }
}

fn main() {
    drop(Resizer.resize(2));
    drop(Resizer.crop(3));
}
