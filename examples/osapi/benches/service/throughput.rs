//! Jobs per second and processor time per job, metrics off against on.

use std::{env, process::Command, time::Instant};

use osapi_metrics_tests::otlp_receiver::OtlpReceiver;

use crate::{
    direct,
    figures::{Table, median, middle_half, ratios},
    http::run_jobs,
    process::{ResourceUsage, processor_seconds},
    service::{Metrics, Scraper, Service},
};

/// The figures of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) jobs_per_second: f64,
    pub(crate) microseconds_per_job: f64,
    pub(crate) resident_mib: f64,
}

/// The name of a figure, the function that reads it from a run, and the digits to show.
type Figure = (&'static str, fn(&Run) -> f64, usize);

/// The whole service, over HTTP.
pub(crate) fn over_http(pairs: usize, jobs: usize) -> Table {
    let title = format!(
        "Jobs over HTTP, {pairs} pairs of runs of {jobs} jobs; on: scraped and pushed every second"
    );
    table(title, pairs, |metrics| {
        let collector = OtlpReceiver::start();
        let service = Service::start(&metrics.variables(&collector, "1s"));
        run_jobs(service.address(), jobs / 4);
        let scraper = (metrics == Metrics::On).then(|| Scraper::start(service.address()));
        let (start, used) = (Instant::now(), processor_seconds(service.id()));
        run_jobs(service.address(), jobs);
        let (took, used) = (start.elapsed(), processor_seconds(service.id()) - used);
        if let Some(scraper) = scraper {
            assert!(scraper.scrapes() > 0, "the scraper has not scraped");
            collector.await_tries(1);
        }
        Run {
            jobs_per_second: jobs as f64 / took.as_secs_f64(),
            microseconds_per_job: used * 1e6 / jobs as f64,
            resident_mib: ResourceUsage::of(service.id()).resident_kib / 1024.0,
        }
    })
}

/// Broker and agent without HTTP, where the metrics have the largest share of the cost.
pub(crate) fn direct(pairs: usize, jobs: usize) -> Table {
    let title = format!(
        "Broker and agent without HTTP, {pairs} pairs of runs of {jobs} jobs; on: scraped and pushed \
         every second"
    );
    table(title, pairs, |metrics| {
        let collector = OtlpReceiver::start();
        let output = Command::new(env::current_exe().expect("this program"))
            .args(["--direct", &jobs.to_string()])
            .env_clear()
            .envs(metrics.variables(&collector, "1s"))
            .output()
            .expect("this program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        direct::read(&String::from_utf8_lossy(&output.stdout))
    })
}

fn table(title: String, pairs: usize, measure: impl Fn(Metrics) -> Run) -> Table {
    let (mut off, mut on) = (Vec::new(), Vec::new());
    for pair in 0..pairs {
        // The order alternates, so that neither has an advantage.
        let order =
            if pair % 2 == 0 { [Metrics::Off, Metrics::On] } else { [Metrics::On, Metrics::Off] };
        for metrics in order {
            let run = measure(metrics);
            eprintln!("{metrics:?}: {run:?}");
            match metrics {
                Metrics::Off => off.push(run),
                Metrics::On => on.push(run),
            }
        }
    }
    let figures: [Figure; 3] = [
        ("jobs each second", |run| run.jobs_per_second, 0),
        ("processor time of a job, µs", |run| run.microseconds_per_job, 2),
        ("resident memory, MiB", |run| run.resident_mib, 1),
    ];
    let rows = figures.map(|(name, figure, digits)| {
        let [off, on] = [&off, &on].map(|runs| runs.iter().map(figure).collect::<Vec<_>>());
        vec![
            name.to_owned(),
            format!("{:.digits$}", median(&off)),
            format!("{:.digits$}", median(&on)),
            format!("{:.3}", median(&on) / median(&off)),
            middle_half(&ratios(&on, &off), 3),
        ]
    });
    Table { title, header: &["", "off", "on", "on / off", "half of the pairs"], rows: rows.into() }
}
