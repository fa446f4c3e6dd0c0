//! Handlers in the catalogue, and handlers that share a name.

use std::time::{Duration, SystemTime};

use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet, instrumented_job, jobs::JobDescriptor,
};

use super::{Ends, ends};
use crate::{RUNTIME, read_lines_with};

fn listed(job_name: &str) -> Vec<&'static JobDescriptor> {
    RUNTIME.catalogue().jobs().filter(|job| job.name == job_name).collect()
}

/// The line of this file that contains a text.
fn line_of(text: &str) -> Option<u32> {
    let line = include_str!("catalogue.rs").lines().position(|line| line.contains(text))?;
    u32::try_from(line + 1).ok()
}

#[instrumented_job(
    output_size = |output: &String| output.len(),
    name = "catalogue.everything",
    slo(target = 0.25, latency = "2s 500ms"),
    final_attempt = true,
    error_name = |error: &&'static str| *error,
    error_type = |error: &&'static str| *error,
    attempt = 1,
    scheduled_at = SystemTime::now(),
    queued_at = SystemTime::now(),
)]
/// Other attributes above a function do not change its origin.
#[expect(dead_code, reason = "listed nevertheless")]
async fn everything() -> Result<String, &'static str> {
    Ok(String::new())
}

#[instrumented_job]
#[expect(dead_code, reason = "listed nevertheless")]
fn catalogue_of_nothing() {}

#[test]
fn every_handler_is_listed_with_all_that_is_known_of_it() {
    let [job] = listed("catalogue.everything")[..] else { panic!("one handler") };
    assert_eq!(job.set, "JobMetrics");
    let keys = [
        "error_type",
        "error_name",
        "queued_at",
        "scheduled_at",
        "attempt",
        "final_attempt",
        "output_size",
        "slo",
    ];
    assert_eq!(job.keys, keys, "in one order, whatever the order in the attribute");
    let slo = job.slo.unwrap();
    assert_eq!((slo.latency, slo.target), (Duration::from_millis(2500), 0.25));
    assert_eq!(slo.to_string(), "0.25 of jobs within 2s 500ms");
    assert_eq!(job.origin.package, "osapi-metrics-tests");
    assert!(job.origin.file.ends_with("behaviour/jobs/catalogue.rs"), "{}", job.origin);
    assert_eq!(Some(job.origin.line), line_of("async fn everything()"));

    let [job] = listed("catalogue_of_nothing")[..] else { panic!("one handler") };
    assert_eq!((job.set, job.keys, job.slo), ("JobMetrics", &[][..], None));
    assert_eq!(Some(job.origin.line), line_of("fn catalogue_of_nothing()"));
}

mod own {
    use super::{Counter, Histogram, LabelSet, MetricSet};

    #[derive(Clone, Copy, Debug, LabelSet)]
    pub(super) struct Labels {
        pub(super) urgent: bool,
    }

    #[derive(Debug, MetricSet)]
    #[metric_set(prefix = "catalogue", job(labels = Labels))]
    pub(super) struct OwnMetrics {
        /// Judged.
        #[metric(on = slo_valid)]
        valid_total: Counter<Labels>,
        /// Time taken.
        #[metric(unit = "s", buckets = [3], on = duration)]
        duration_seconds: Histogram<Labels>,
    }
}

#[instrumented_job(
    metrics = own::OwnMetrics,
    labels = own::Labels { urgent },
    slo(latency = "3s", target = 0.5),
)]
fn catalogue_in_own_names(urgent: bool) -> bool {
    urgent
}

struct Worker;

impl Worker {
    #[instrumented_job(metrics = own::OwnMetrics, labels = own::Labels { urgent: true })]
    fn catalogue_in_own_names(&self) -> &Self {
        self
    }
}

#[test]
fn handlers_of_another_set_are_distinguished_by_their_labels() {
    catalogue_in_own_names(false);
    let _ = Worker.catalogue_in_own_names();
    let [function, method] = listed("catalogue_in_own_names")[..] else { panic!("two handlers") };
    assert_eq!((function.set, function.keys), ("OwnMetrics", &["slo"][..]));
    assert_eq!(function.slo.unwrap().latency, Duration::from_secs(3));
    assert_eq!((method.set, method.keys, method.slo), ("OwnMetrics", &[][..], None));
    assert_eq!(Some(function.origin.line), line_of("fn catalogue_in_own_names(urgent"));
    assert_eq!(Some(method.origin.line), line_of("fn catalogue_in_own_names(&self"));
    let valid = |urgent| {
        read_lines_with("catalogue_").number("catalogue_valid_total", &[("urgent", urgent)])
    };
    assert_eq!((valid("false"), valid("true")), (Some(1.0), Some(0.0)));
}

#[test]
fn handlers_are_sorted_by_name_and_place() {
    let jobs = RUNTIME.catalogue().jobs();
    assert_eq!(jobs.len(), RUNTIME.catalogue().jobs().count());
    let order: Vec<_> = jobs.map(|job| job.name).collect();
    assert!(order.is_sorted(), "{order:?}");
}

mod first {
    #[osapi_metrics::instrumented_job(
        name = "catalogue.twice",
        attempt = number,
        slo(latency = "10m", target = 0.5),
    )]
    pub(super) fn attempt(number: u8) -> Result<(), u8> {
        if number > 1 { Ok(()) } else { Err(number) }
    }
}

mod second {
    #[osapi_metrics::instrumented_job(
        slo(target = 0.50, latency = "600s"),
        attempt = 2 * number,
        name = "catalogue.twice",
    )]
    pub(super) async fn attempt(number: u64) {
        assert!(number > 0);
    }
}

#[tokio::test]
async fn handlers_of_one_name_that_tell_the_same_are_one_job() {
    let twice = listed("catalogue.twice");
    assert_eq!(twice.len(), 2);
    assert!(twice[0].origin.line < twice[1].origin.line);
    first::attempt(1).unwrap_err();
    first::attempt(2).unwrap();
    second::attempt(2).await;
    assert_eq!(ends("catalogue.twice"), Ends { completed: 2, failed: 1, ..Ends::default() });
    let reading = read_lines_with("catalogue.twice");
    let name = ("job_name", "catalogue.twice");
    assert_eq!(reading.number("osapi_job_retries_total", &[name]), Some(2.0));
    assert_eq!(reading.number("osapi_job_slo_valid_total", &[name]), Some(3.0));
    assert_eq!(reading.number("osapi_job_slo_good_total", &[name]), Some(2.0));
    assert_eq!(reading.number("osapi_job_slo_latency_seconds", &[name]), Some(600.0));
    let completed = [name, ("status", "completed")];
    let attempts = reading.histogram("osapi_job_attempts", &completed).unwrap();
    assert_eq!((attempts.count, attempts.sum), (2, 6.0));
}
