//! The cost of a fleet of workers: `cargo bench -p job-queue --bench fleet`, described in
//! `docs/scale.md`.
//!
//! A process of its own stands for the fleet. It records jobs of 1,000 and of 10,000 workers in
//! job-queue's own metrics, with the label `worker_id` and without it, and is scraped and pushes as
//! one target. A real Prometheus scrapes it. `--workers 1000,10000` are the sizes.
//!
//! It needs Linux, Prometheus and Redis, and says what it leaves out without one of the servers.

mod job;
mod metrics;
mod process;
mod prometheus;
mod push;
mod report;
mod scrape;
mod simulation;
mod worker_process;
mod workers;

use std::{process::ExitCode, time::Duration};

use process::{FleetProcess, Options};
use prometheus::{Change, Plan};
use scrape::{ScrapeCost, get, sum};

/// The most workers that are replaced while a Prometheus looks on: it keeps the series of those
/// that are gone.
const MOST_WORKERS_OF_CHURN: usize = 1_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|argument| argument == process::ARGUMENT) {
        simulation::run(&arguments[1..]);
        return ExitCode::SUCCESS;
    }
    if cfg!(not(target_os = "linux")) {
        eprintln!("nothing is measured: the sizes of processes are read as on Linux");
        return ExitCode::SUCCESS;
    }
    // `cargo test` starts benchmarks without `--bench`: then a small fleet shows that all works.
    let is_bench = arguments.iter().any(|argument| argument == "--bench");
    let sizes = match sizes(&arguments) {
        Ok(Some(sizes)) => sizes,
        Ok(None) if is_bench => vec![1_000, 10_000],
        Ok(None) => vec![20],
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    worker();
    scrapes(&sizes);
    servers(&sizes, is_bench);
    pushes(&sizes);
    limits(&sizes);
    ExitCode::SUCCESS
}

/// The numbers behind `--workers`.
fn sizes(arguments: &[String]) -> Result<Option<Vec<usize>>, String> {
    let mut behind = arguments.iter().skip_while(|argument| *argument != "--workers").skip(1);
    if !arguments.iter().any(|argument| argument == "--workers") {
        return Ok(None);
    }
    let list = behind.next().map_or("", String::as_str);
    let number = |text: &str| match text.parse() {
        Ok(number @ 10..=10_000) => Ok(number),
        _ => {
            Err(format!("`--workers` has {text:?}; expected numbers from 10 to 10000, with commas"))
        }
    };
    list.split(',').map(number).collect::<Result<_, _>>().map(Some)
}

fn worker() {
    match worker_process::measure() {
        Some(series) => report::worker(&series),
        None => println!("\nThe series of a real worker are left out: there is no Redis."),
    }
}

fn scrapes(sizes: &[usize]) {
    report::begin_scrapes();
    for &workers in sizes {
        for labelled in [true, false] {
            let mut fleet = FleetProcess::start(Options::scraped(workers, labelled));
            let cost = ScrapeCost::of(&mut fleet, workers);
            report::scrape(workers, labelled, &cost);
        }
    }
}

fn servers(sizes: &[usize], is_bench: bool) {
    report::begin_servers();
    for &workers in sizes {
        let (interval, scrapes) = match (is_bench, workers) {
            (false, _) => (Duration::from_millis(250), 2),
            (true, ..=2_000) => (Duration::from_secs(1), 12),
            (true, _) => (Duration::from_secs(8), 6),
        };
        let plans = [(true, Change::Work), (true, Change::Churn), (false, Change::Work)];
        for (labelled, change) in plans {
            if change == Change::Churn && workers > MOST_WORKERS_OF_CHURN {
                continue;
            }
            let mut fleet = FleetProcess::start(Options::scraped(workers, labelled));
            let plan = Plan { interval, scrapes, change };
            let Some(cost) = prometheus::measure(&mut fleet, workers, plan) else {
                println!("\nPrometheus is left out: it is not installed.");
                return;
            };
            report::server(workers, labelled, plan, &cost);
        }
    }
}

fn pushes(sizes: &[usize]) {
    report::begin_pushes();
    for &workers in sizes {
        for temporality in push::TEMPORALITIES {
            report::push(workers, temporality, &push::measure(workers, temporality));
        }
    }
}

/// What is there once a limit is reached, and what a process keeps of workers that are gone.
fn limits(sizes: &[usize]) {
    report::begin_limits();
    for &workers in sizes {
        // The default, unless the fleet stays below it.
        let limit = (3 * workers).min(10_000);
        let mut fleet = FleetProcess::start(Options { limit, ..Options::scraped(workers, true) });
        report::limit(workers, &format!("limit of {limit}"), &state(&fleet));
        drop(fleet);

        fleet = FleetProcess::start(Options::scraped(workers, true));
        report::limit(workers, "as it begins", &state(&fleet));
        for _ in 0..10 {
            fleet.replace(workers / 10);
        }
        report::limit(workers, "each worker replaced, its series ended", &state(&fleet));
        for _ in 0..10 {
            fleet.add(workers / 10);
        }
        report::limit(workers, "as many workers more, no series ended", &state(&fleet));
    }
}

/// What a process holds.
struct State {
    series: usize,
    resident: u64,
    overflow_series: usize,
    overflowed: f64,
}

fn state(fleet: &FleetProcess) -> State {
    let text = String::from_utf8(get(fleet.address(), "/metrics", false)).expect("UTF-8");
    let overflow = |line: &&str| line.contains("otel_metric_overflow");
    State {
        series: scrape::samples(&text).count(),
        resident: fleet.resident(),
        overflow_series: scrape::samples(&text).filter(overflow).count(),
        overflowed: sum(&text, "osapi_metrics_overflowed_samples_total"),
    }
}
