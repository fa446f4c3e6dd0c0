//! `#[instrumented_job]`: every start has exactly one end, whatever way the function is left.

mod dropped;
mod errors;
mod measured;
mod names;
mod own_set;
mod returned;
mod storm;

use crate::read;

/// What `JobMetrics` tells of one job.
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

/// The ends of all jobs of this name, none of which runs any more.
///
/// # Panics
///
/// If a start has no end, or an end no duration, or if one is still active.
fn ends(job_name: &str) -> Ends {
    let job = ("job_name", job_name);
    let reading = read();
    let count = |name: &str, labels: &[_]| {
        let number = reading.number(name, labels);
        whole(number.unwrap_or_else(|| panic!("no {name} of {labels:?}")))
    };
    let ended = |status| {
        let labels = [job, ("status", status)];
        let ended = count("osapi_jobs_completed_total", &labels);
        let duration = reading.histogram("osapi_job_duration_seconds", &labels);
        assert_eq!(duration.map_or(0, |duration| duration.count), ended, "{status}");
        ended
    };
    let ends = Ends {
        completed: ended("completed"),
        failed: ended("failed"),
        timed_out: ended("timed_out"),
        cancelled: ended("cancelled"),
        panicked: ended("panicked"),
    };
    assert_eq!(count("osapi_jobs_started_total", &[job]), ends.sum(), "{ends:?}");
    assert_eq!(reading.number("osapi_jobs_active", &[job]), Some(0.0));
    ends
}

/// How many jobs of this name run now.
fn active(job_name: &str) -> Option<f64> {
    read().number("osapi_jobs_active", &[("job_name", job_name)])
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of tests")]
fn whole(number: f64) -> u64 {
    number as u64
}
