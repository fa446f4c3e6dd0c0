//! The metrics of every job, by hand.

use std::{
    sync::LazyLock,
    thread,
    time::{Instant, SystemTime},
};

use opentelemetry::{
    KeyValue, global,
    metrics::{Counter, Histogram, UpDownCounter},
};

struct JobMetrics {
    started: Counter<u64>,
    completed: Counter<u64>,
    duration: Histogram<f64>,
    active: UpDownCounter<i64>,
    errors: Counter<u64>,
    queue_wait: Histogram<f64>,
    output_size: Histogram<u64>,
    attempts: Histogram<u64>,
    retries: Counter<u64>,
}

static METRICS: LazyLock<JobMetrics> = LazyLock::new(|| {
    let meter = global::meter("shop");
    JobMetrics {
        started: meter
            .u64_counter("shop_jobs_started_total")
            .with_description("Jobs started.")
            .with_unit("{job}")
            .build(),
        completed: meter
            .u64_counter("shop_jobs_completed_total")
            .with_description("Jobs that ended, by how.")
            .with_unit("{job}")
            .build(),
        duration: meter
            .f64_histogram("shop_job_duration_seconds")
            .with_description("Time from start to end of a job.")
            .with_unit("s")
            .with_boundaries(vec![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
            .build(),
        active: meter
            .i64_up_down_counter("shop_jobs_active")
            .with_description("Jobs now running.")
            .with_unit("{job}")
            .build(),
        errors: meter
            .u64_counter("shop_job_errors_total")
            .with_description("Errors that jobs returned, by class.")
            .with_unit("{error}")
            .build(),
        queue_wait: meter
            .f64_histogram("shop_job_queue_wait_seconds")
            .with_description("Time from the submission of a job to its start.")
            .with_unit("s")
            .with_boundaries(vec![0.01, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0])
            .build(),
        output_size: meter
            .u64_histogram("shop_job_output_size_bytes")
            .with_description("Size of a job's output.")
            .with_unit("By")
            .with_boundaries(vec![256.0, 4096.0, 65536.0, 1_048_576.0])
            .build(),
        attempts: meter
            .u64_histogram("shop_job_attempts")
            .with_description("Attempts at a job, by how they ended.")
            .with_unit("{attempt}")
            .with_boundaries(vec![1.0, 2.0, 3.0, 5.0, 10.0, 30.0])
            .build(),
        retries: meter
            .u64_counter("shop_job_retries_total")
            .with_description("Jobs started again after an earlier attempt.")
            .with_unit("{retry}")
            .build(),
    }
});

/// The class of an error.
pub trait ErrorKind {
    fn kind(&self) -> &'static str;

    fn is_timeout(&self) -> bool;
}

/// A running job. A job that is dropped before its end was cancelled or has panicked.
pub struct Job {
    name: [KeyValue; 1],
    started: Instant,
    attempt: Option<u32>,
    ended: bool,
}

impl Job {
    pub fn start(name: &'static str) -> Self {
        let name = [KeyValue::new("job_name", name)];
        METRICS.started.add(1, &name);
        METRICS.active.add(1, &name);
        Self { name, started: Instant::now(), attempt: None, ended: false }
    }

    pub fn attempt(mut self, number: u32) -> Self {
        self.attempt = Some(number);
        if number > 1 {
            METRICS.retries.add(1, &self.name);
        }
        self
    }

    pub fn waited_since(&self, queued_at: SystemTime) {
        if let Ok(wait) = queued_at.elapsed() {
            METRICS.queue_wait.record(wait.as_secs_f64(), &self.name);
        }
    }

    pub fn produced(&self, bytes: u64) {
        METRICS.output_size.record(bytes, &self.name);
    }

    pub fn end<T, E: ErrorKind>(self, result: &Result<T, E>) {
        match result {
            Ok(_) => self.complete(),
            Err(error) => self.fail(error.kind(), error.is_timeout()),
        }
    }

    pub fn complete(mut self) {
        self.record_end("completed");
    }

    fn fail(mut self, kind: &'static str, is_timeout: bool) {
        let labels = [self.name[0].clone(), KeyValue::new("error_type", kind)];
        METRICS.errors.add(1, &labels);
        self.record_end(if is_timeout { "timed_out" } else { "failed" });
    }

    fn record_end(&mut self, status: &'static str) {
        self.ended = true;
        let labels = [self.name[0].clone(), KeyValue::new("status", status)];
        METRICS.completed.add(1, &labels);
        METRICS.duration.record(self.started.elapsed().as_secs_f64(), &labels);
        if let Some(attempt) = self.attempt {
            METRICS.attempts.record(u64::from(attempt), &labels);
        }
        METRICS.active.add(-1, &self.name);
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if !self.ended {
            self.record_end(if thread::panicking() { "panicked" } else { "cancelled" });
        }
    }
}
