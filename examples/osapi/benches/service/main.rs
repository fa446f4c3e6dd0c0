//! The cost of the metrics in osapi: `cargo bench -p osapi`.
//!
//! Throughput and processor time of the whole service in one process: metrics off against metrics
//! on with both exporters, scraped every second and pushed every second to a collector in this
//! process. Runs alternate, and each run has its own process. Then an hour's worth of load, to see
//! which resources grow.
//!
//! ```console
//! cargo bench -p osapi                           # about four minutes
//! cargo bench -p osapi -- --quick                # a short run that checks the benchmark
//! cargo bench -p osapi -- --markdown             # tables for the documentation
//! ```

mod direct;
mod figures;
mod hour;
mod http;
mod process;
mod service;
mod strangers;
mod throughput;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

/// What to measure, and how much of it.
#[derive(Debug, Parser)]
struct Args {
    /// Prints Markdown tables.
    #[arg(long)]
    markdown: bool,

    /// Measures little, to check that the benchmark works.
    #[arg(long)]
    quick: bool,

    /// Pairs of runs.
    #[arg(long, default_value_t = 15)]
    pairs: usize,

    /// Minutes' worth of load; 0 leaves it out.
    #[arg(long, default_value_t = 60)]
    minutes: usize,

    /// The argument that cargo passes to a benchmark. Without it nothing is measured.
    #[arg(long, hide = true)]
    bench: bool,

    /// Runs jobs in this process and prints the figures. The benchmark starts itself with it.
    #[arg(long, hide = true, value_name = "JOBS")]
    direct: Option<usize>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(jobs) = args.direct {
        direct::run(jobs);
        return ExitCode::SUCCESS;
    }
    if !args.bench {
        // `cargo test --all-targets` starts benchmarks without `--bench`.
        return ExitCode::SUCCESS;
    }
    let scale = if args.quick { 20 } else { 1 };
    let (pairs, minutes) = if args.quick { (2, 16) } else { (args.pairs, args.minutes) };
    let mut tables = vec![
        throughput::over_http(pairs, 160_000 / scale),
        throughput::direct(pairs, 600_000 / scale),
    ];
    if minutes > 0 {
        tables.push(hour::measure(minutes, 6_000 / scale));
    }
    let mut out = io::stdout().lock();
    for table in tables {
        if table.write(args.markdown, &mut out).is_err() {
            return ExitCode::FAILURE;
        }
    }
    out.flush().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}
