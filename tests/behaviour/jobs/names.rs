//! The names of jobs. The names of handlers have series from the start.

use osapi_metrics::instrumented_job;

use super::{Ends, active, ends};
use crate::read;

#[instrumented_job(name = "names.never_called")]
#[expect(dead_code, reason = "a handler is known before anybody calls it")]
fn never_called() {}

#[test]
fn the_counters_of_a_handler_are_zero_from_the_start() {
    assert_eq!(ends("names.never_called"), Ends::default());
    assert_eq!(active("names.never_called"), Some(0.0));
    let reading = read();
    let job = ("job_name", "names.never_called");
    assert_eq!(reading.number("osapi_jobs_created_total", &[job]), Some(0.0));
    // Histograms and gauges begin with their first value, and the classes of errors are not known.
    let completed = [job, ("status", "completed")];
    assert_eq!(reading.histogram("osapi_job_duration_seconds", &completed), None);
    assert_eq!(reading.histogram("osapi_job_queue_wait_seconds", &[job]), None);
    assert_eq!(reading.number("osapi_job_oldest_active_seconds", &[job]), None);
    let errors = reading.label_values("osapi_job_errors_total", "job_name");
    assert!(!errors.iter().any(|name| name == job.1), "{errors:?}");
}

#[instrumented_job]
fn names_by_default() {}

#[instrumented_job]
fn r#yield() {}

struct Worker;

impl Worker {
    #[instrumented_job]
    fn names_method(&self) -> &Self {
        self
    }
}

#[test]
fn a_job_is_named_after_its_function() {
    names_by_default();
    r#yield();
    let _ = Worker.names_method();
    for name in ["names_by_default", "yield", "names_method"] {
        assert_eq!(ends(name), Ends { completed: 1, ..Ends::default() }, "{name}");
    }
}

#[instrumented_job(name = "names.generic")]
fn generic<T>(value: T) -> T {
    value
}

#[instrumented_job(name = "names.shared")]
fn first_of_two() {}

mod elsewhere {
    #[osapi_metrics::instrumented_job(name = "names.shared")]
    pub(super) fn second_of_two() {}
}

#[test]
fn one_name_is_one_job_whatever_types_and_functions_have_it() {
    assert_eq!(generic(1_u8), 1);
    assert_eq!(generic("a"), "a");
    assert_eq!(ends("names.generic"), Ends { completed: 2, ..Ends::default() });
    first_of_two();
    elsewhere::second_of_two();
    assert_eq!(ends("names.shared"), Ends { completed: 2, ..Ends::default() });
}
