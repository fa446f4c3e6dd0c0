//! An hour's worth of load as fast as it goes, to see what grows: 100 jobs, 1/15 scrape and 1/60 export each second.

use osapi_metrics_tests::otlp_receiver::OtlpReceiver;

use crate::{
    figures::Table,
    http::{Connection, run_jobs},
    process::Held,
    service::{Metrics, Service},
};

/// Minutes after which nothing has a reason to grow: the broker holds as many records as it keeps, and the allocator
/// has seen some rounds of them.
const WARM: usize = 15;
/// Scrapes in a minute.
const SCRAPES: usize = 4;

/// Runs minutes with so many jobs each.
///
/// # Panics
///
/// If there are too few of them to tell.
pub(crate) fn measure(minutes: usize, jobs: usize) -> Table {
    let collector = OtlpReceiver::start();
    let service = Service::start(&Metrics::On.variables(&collector, "100ms"));
    let mut scraper = Connection::open(service.address());
    let mut warm = None;
    let mut series = 0;
    for minute in 1..=minutes {
        let exports = collector.tries();
        run_jobs(service.address(), jobs);
        for _ in 0..SCRAPES {
            series = count(&scraper.scrape());
        }
        collector.await_tries(exports + 1);
        let held = Held::by(service.id());
        eprintln!("minute {minute}: {held:?}, {series} series");
        if minute == WARM {
            warm = Some((held, series));
        }
    }
    let (before, series_before) = warm.expect("it is long enough");
    let after = Held::by(service.id());
    let row = |what: &str, before: String, after: String| vec![what.to_owned(), before, after];
    let mib = |held: Held| format!("{:.1}", held.resident_kib / 1024.0);
    Table {
        title: format!(
            "An hour's worth of load: {} jobs, {} scrapes, {} exports",
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
