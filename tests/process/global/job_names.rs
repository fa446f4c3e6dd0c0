use osapi_metrics::JobMetrics;
use osapi_metrics_tests::reading::{Reading, install};

use crate::take_turn;

#[osapi_metrics::instrumented_job(name = "job_names.handled")]
fn handled() {}

#[test]
fn a_program_that_submits_jobs_has_two_hundred_names() {
    let _turn = take_turn();
    let metrics = install();
    let known = Reading::of(&metrics).label_values("osapi_jobs_created_total", "job_name").len();
    for round in 0..2 {
        for number in 0..300 {
            JobMetrics::global().created(&format!("job_names.{number}")).inc();
        }
        let reading = Reading::of(&metrics);
        // The overflow series has no job name.
        let names = reading.label_values("osapi_jobs_created_total", "job_name");
        assert_eq!(names.iter().filter(|name| !name.is_empty()).count(), 200);
        let beyond = f64::from((round + 1) * (100 + i32::try_from(known).unwrap()));
        let overflow = [("otel_metric_overflow", "true")];
        assert_eq!(reading.number("osapi_jobs_created_total", &overflow), Some(beyond));
        let first = [("job_name", "job_names.0")];
        let counted = reading.number("osapi_jobs_created_total", &first);
        assert_eq!(counted, Some(f64::from(round + 1)));
        let metric = [("metric", "osapi_jobs_created_total")];
        let overflowed = reading.number("osapi_metrics_overflowed_samples_total", &metric);
        assert_eq!(overflowed, Some(beyond));
    }
    // The names of handlers are registered before all other names.
    handled();
    let reading = Reading::of(&metrics);
    let handled = [("job_name", "job_names.handled")];
    assert_eq!(reading.number("osapi_jobs_started_total", &handled), Some(1.0));
    assert_eq!(reading.number("osapi_jobs_created_total", &handled), Some(0.0));
}
