//! The names of jobs: those of handlers, and those from outside.

use osapi_metrics::{JobMetrics, Metrics};
use osapi_metrics_tests::reading::{Reading, install};

use crate::{
    handlers::{HANDLERS, Handler},
    take_turn,
};

/// The names of handlers of this program.
fn handler_names(metrics: &Metrics) -> Vec<&'static str> {
    metrics.catalogue().jobs().map(|job| job.name).collect()
}

const OVERFLOW: [(&str, &str); 1] = [("otel_metric_overflow", "true")];

/// Uses 300 names from outside.
fn use_names(round: u32) {
    for number in 0..300 {
        let name = format!("job_names.{number}");
        JobMetrics::global().created(&name).inc();
        if round == 0 {
            JobMetrics::global().start(name).complete();
        }
    }
}

#[test]
fn a_program_that_submits_jobs_has_two_hundred_names() {
    let _turn = take_turn();
    let metrics = install();
    let declared = handler_names(&metrics);
    let known = |reading: &Reading| {
        // The overflow series has no job name.
        let names = reading.label_values("osapi_jobs_created_total", "job_name");
        let from_outside = names.iter().filter(|name| !declared.contains(&&***name));
        from_outside.filter(|name| !name.is_empty()).count()
    };
    let before = Reading::of(&metrics);
    // Another test may have used the names already.
    let beyond_before = before.number("osapi_jobs_created_total", &OVERFLOW).unwrap_or(0.0);
    let first = [("job_name", "job_names.0")];
    let first_before = before.number("osapi_jobs_created_total", &first).unwrap_or(0.0);
    let all = |reading: &Reading| {
        let names = reading.label_values("osapi_jobs_created_total", "job_name");
        let of_this = names.iter().filter(|name| name.starts_with("job_names."));
        of_this
            .filter_map(|name| reading.number("osapi_jobs_created_total", &[("job_name", name)]))
            .sum::<f64>()
    };
    let all_before = all(&before);
    for round in 1..=2 {
        use_names(round);
        let reading = Reading::of(&metrics);
        assert_eq!(known(&reading), 200);
        let beyond = reading.number("osapi_jobs_created_total", &OVERFLOW).unwrap();
        assert!(beyond - beyond_before >= 100.0 * f64::from(round));
        let counted = all(&reading) - all_before + beyond - beyond_before;
        assert_eq!(Some(counted), Some(300.0 * f64::from(round)), "none is lost");
        let counted = reading.number("osapi_jobs_created_total", &first);
        assert_eq!(counted, Some(first_before + f64::from(round)));
        let metric = [("metric", "osapi_jobs_created_total")];
        let overflowed = reading.number("osapi_metrics_overflowed_samples_total", &metric);
        assert_eq!(overflowed, Some(beyond));
    }
}

#[test]
fn every_handler_has_its_series_however_many_there_are() {
    let _turn = take_turn();
    let metrics = install();
    assert_eq!(HANDLERS.len(), 260);
    // All names from outside are in use.
    use_names(0);
    let before = Reading::of(&metrics);
    for handler in HANDLERS {
        let name = [("job_name", handler.name)];
        assert_eq!(before.number("osapi_jobs_created_total", &name), Some(0.0));
        JobMetrics::global().created(handler.name).inc();
        assert!((handler.run)(true).is_ok());
        assert!((handler.run)(false).is_err());
    }
    let reading = Reading::of(&metrics);
    for Handler { name, .. } in HANDLERS {
        let name = [("job_name", *name)];
        for (metric, value) in [
            ("osapi_jobs_created_total", 1.0),
            ("osapi_jobs_started_total", 2.0),
            ("osapi_jobs_active", 0.0),
            ("osapi_job_retries_total", 2.0),
            ("osapi_jobs_dead_lettered_total", 1.0),
        ] {
            assert_eq!(reading.number(metric, &name), Some(value), "{metric} {name:?}");
        }
        assert!(reading.number("osapi_job_last_success_timestamp_seconds", &name) > Some(0.0));
        let histogram = |metric: &str, labels: &[_]| reading.histogram(metric, labels).unwrap();
        assert_eq!(histogram("osapi_job_queue_wait_seconds", &name).count, 2);
        assert_eq!(Some(histogram("osapi_job_output_size_bytes", &name).sum), Some(100.0));
        for status in ["completed", "failed"] {
            let labels = [name[0], ("status", status)];
            let completed = reading.number("osapi_jobs_completed_total", &labels);
            assert_eq!(completed, Some(1.0), "{labels:?}");
            assert_eq!(histogram("osapi_job_duration_seconds", &labels).count, 1);
            assert_eq!(Some(histogram("osapi_job_attempts", &labels).sum), Some(2.0));
        }
        let error = [name[0], ("error_type", "not_found")];
        assert_eq!(reading.number("osapi_job_errors_total", &error), Some(1.0));
    }
    // Names from outside have the same room as without handlers.
    let started = reading.label_values("osapi_jobs_started_total", "job_name");
    let declared = handler_names(&metrics);
    let from_outside = started.iter().filter(|name| !declared.contains(&&***name));
    assert_eq!(from_outside.filter(|name| !name.is_empty()).count(), 200);
    assert!(reading.number("osapi_jobs_started_total", &OVERFLOW) >= Some(100.0));
}
