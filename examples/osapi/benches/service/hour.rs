//! An hour's worth of load, run as fast as possible, to see which resources grow. A second's worth
//! is 100 jobs, 1/15 scrape, 1/60 export, and about two clients that make a mistake or leave in the
//! middle of something.

use osapi_metrics_tests::otlp_receiver::OtlpReceiver;

use crate::{
    figures::Table,
    http::{Connection, run_jobs},
    process::ResourceUsage,
    service::{Metrics, Service},
    strangers,
};

/// The minutes' worth of load after which the service should hold no more: the broker has its most
/// records, and has replaced them a few times. Resident memory grows on for some hours' worth, ever
/// more slowly, with the free memory that the allocator keeps for each thread.
const WARM: usize = 15;
/// Scrapes in a minute's worth of load.
const SCRAPES: usize = 4;

/// Runs `minutes` minutes' worth of load with `jobs` jobs each.
///
/// # Panics
///
/// If `minutes` is less than [`WARM`].
pub(crate) fn measure(minutes: usize, jobs: usize) -> Table {
    let collector = OtlpReceiver::start();
    let service = Service::start(&Metrics::On.variables(&collector, "100ms"));
    let mut scraper = Connection::open(service.address());
    let mut warm = None;
    let (mut series, mut others) = (0, 0);
    for minute in 1..=minutes {
        let exports = collector.tries();
        run_jobs(service.address(), jobs);
        others += strangers::come_and_go(service.address());
        for _ in 0..SCRAPES {
            series = count(&scraper.scrape());
        }
        collector.await_tries(exports + 1);
        let usage = ResourceUsage::of(service.id());
        eprintln!("minute {minute}: {usage:?}, {series} series");
        if minute == WARM {
            warm = Some((usage, series));
        }
    }
    let (before, series_before) = warm.expect("it is long enough");
    let after = ResourceUsage::of(service.id());
    let row = |what: &str, before: String, after: String| vec![what.to_owned(), before, after];
    let mib = |usage: ResourceUsage| format!("{:.1}", usage.resident_kib / 1024.0);
    Table {
        title: format!(
            "An hour's worth of load: {} jobs, {others} clients that fail or leave, {} scrapes, {} \
             exports",
            minutes * jobs,
            minutes * SCRAPES,
            collector.tries()
        ),
        header: &["", "after 15 minutes' worth", "in the end"],
        rows: vec![
            row("resident memory, MiB", mib(before), mib(after)),
            row("threads", before.threads.to_string(), after.threads.to_string()),
            row("file descriptors", before.descriptors.to_string(), after.descriptors.to_string()),
            row("series", series_before.to_string(), series.to_string()),
        ],
    }
}

fn count(exposition: &str) -> usize {
    exposition.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count()
}
