//! `#[instrumented_job]`: every start has exactly one end, however the function ends.

mod attempts;
mod blocks;
mod buckets;
mod by_hand;
mod callbacks;
mod catalogue;
mod drop_order;
mod dropped;
mod errors;
mod every_await;
mod every_end;
mod futures;
mod last_success;
mod measured;
mod names;
mod nested;
mod no_failures;
mod objectives;
mod own_labels;
mod own_set;
mod panics;
mod returned;
mod runtimes;
mod size;
mod steps;
mod storm;
mod streams;
mod unspoken;
mod unwinding;
mod waiting;

use osapi_metrics::exposition::Format;
use osapi_metrics_tests::{
    otlp_receiver::Value,
    scrape::{self, Scrape, parse},
};

use crate::RUNTIME;

/// The ends of the jobs of one name, by status.
#[derive(Debug, Default, PartialEq)]
struct Ends {
    completed: u64,
    failed: u64,
    timed_out: u64,
    cancelled: u64,
    panicked: u64,
}

impl Ends {
    fn sum(&self) -> u64 {
        self.completed + self.failed + self.timed_out + self.cancelled + self.panicked
    }
}

/// The ends of all jobs of this name, of which no job runs any more.
///
/// # Panics
///
/// If a start does not have an end, an end does not have a duration, or a job is still active.
fn ends(job_name: &str) -> Ends {
    let scrape = scrape_of(job_name);
    let count = |name: &str, status: Option<&str>| match value(&scrape, name, job_name, status) {
        Some(Value::Number(number)) => whole(*number),
        value => panic!("{name} of {job_name}, {status:?}: {value:?}"),
    };
    let ended = |status| {
        let ended = count("osapi_jobs_completed_total", Some(status));
        let durations = match value(&scrape, "osapi_job_duration_seconds", job_name, Some(status)) {
            Some(Value::Histogram { count, .. }) => *count,
            _ => 0,
        };
        assert_eq!(durations, ended, "{job_name}, {status}");
        ended
    };
    let ends = Ends {
        completed: ended("completed"),
        failed: ended("failed"),
        timed_out: ended("timed_out"),
        cancelled: ended("cancelled"),
        panicked: ended("panicked"),
    };
    assert_eq!(count("osapi_jobs_started_total", None), ends.sum(), "{job_name}: {ends:?}");
    assert_eq!(count("osapi_jobs_active", None), 0, "{job_name}: {ends:?}");
    ends
}

/// The number of active jobs of this name.
fn active(job_name: &str) -> Option<f64> {
    match value(&scrape_of(job_name), "osapi_jobs_active", job_name, None)? {
        Value::Number(number) => Some(*number),
        Value::Histogram { .. } => None,
    }
}

/// The series of one job in a scrape. The lines of other jobs are not parsed, because there are
/// many.
fn scrape_of(job_name: &str) -> Scrape {
    let label = format!("job_name=\"{job_name}\"");
    let text = RUNTIME.render(Format::OpenMetrics);
    let lines = text.lines().filter(|line| line.starts_with('#') || line.contains(&label));
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    parse(&text, scrape::Format::OpenMetrics)
}

fn value<'a>(
    scrape: &'a Scrape,
    name: &str,
    job_name: &str,
    status: Option<&str>,
) -> Option<&'a Value> {
    let labels = status.map(|status| ("status", status));
    let labels = [("job_name", job_name)].into_iter().chain(labels);
    let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    scrape.get(name)?.series.get(&labels)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of tests")]
fn whole(number: f64) -> u64 {
    number as u64
}
