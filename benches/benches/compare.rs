//! `cargo bench -p osapi-metrics-bench`.

use osapi_metrics_bench::{Paths, run};

fn main() -> std::process::ExitCode {
    run(Paths {
        service: env!("CARGO_BIN_EXE_osapi-metrics-bench-service"),
        folder: env!("CARGO_TARGET_TMPDIR"),
    })
}
