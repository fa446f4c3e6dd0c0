use osapi_metrics::instrumented_job;

#[instrumented_job(output_size = |output: &String| output.as_str())]
fn resize() -> String {
    String::new()
}

fn main() {
    resize();
}
