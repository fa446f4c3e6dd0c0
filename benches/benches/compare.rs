//! `cargo bench -p osapi-metrics-bench`.

fn main() -> std::process::ExitCode {
    osapi_metrics_bench::run(env!("CARGO_BIN_EXE_osapi-metrics-bench-service"))
}
