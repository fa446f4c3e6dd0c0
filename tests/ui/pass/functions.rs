//! What `extern "Rust"` says is what every function is.

use osapi_metrics::instrumented_job;

#[instrumented_job]
extern "Rust" fn resize(width: u32) -> u32 {
    width / 2
}

#[instrumented_job]
unsafe extern "Rust" fn crop(width: u32) -> u32 {
    width / 3
}

fn main() {
    // SAFETY: nothing is required.
    assert_eq!(resize(4) + unsafe { crop(9) }, 5);
}
