use std::{sync::Arc, time::Instant};

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

use super::{
    client,
    workload::{BOUNDARIES, JOB_BOUNDARIES, JOB_NAME, JOB_SAMPLES, duration, poll_once, work},
};
use crate::{
    recording::{case::Case, contender::Contender},
    samples,
};

const CACHED: &str = "prometheus (cached)";
const LOOKUP: &str = "prometheus (lookup)";

/// With children that are cached, and with children that are looked up at each call.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    match case {
        Case::Counter => vec![
            counter(CACHED, |messages| {
                let child = messages.with_label_values(&["mail"]);
                move |_| child.inc()
            }),
            counter(LOOKUP, |messages| move |_| messages.with_label_values(&["mail"]).inc()),
        ],
        Case::CounterVarying | Case::CounterVaryingOpen => vec![counter(LOOKUP, |requests| {
            move |number| requests.with_label_values(&[client::name(number)]).inc()
        })],
        Case::Histogram => vec![
            histogram(CACHED, |wait| {
                let child = wait.with_label_values(&["mail"]);
                move |number| child.observe(duration(number))
            }),
            histogram(LOOKUP, |wait| {
                move |number| wait.with_label_values(&["mail"]).observe(duration(number))
            }),
        ],
        Case::Job => vec![
            job(CACHED, |metrics| {
                let children = Children::of(&metrics);
                move |number| {
                    children.job(number);
                }
            }),
            job(LOOKUP, |metrics| {
                move |number| {
                    metrics.job(number);
                }
            }),
        ],
        Case::JobAsync => vec![
            job(CACHED, |metrics| {
                let children = Children::of(&metrics);
                move |number| {
                    poll_once(async { children.job(number) });
                }
            }),
            job(LOOKUP, |metrics| {
                move |number| {
                    poll_once(async { metrics.job(number) });
                }
            }),
        ],
        Case::ClockPair | Case::JobBare => Vec::new(),
    }
}

fn counter<O: Fn(usize) + Send + Sync + 'static>(
    library: &'static str,
    operation: impl FnOnce(IntCounterVec) -> O,
) -> Contender {
    let registry = Registry::new();
    let counter = int_counter(&registry, "bench_total", &["label"]);
    Contender::new(library, operation(counter), move || {
        vec![samples::sum(&exposition(&registry), "bench_total")]
    })
}

fn histogram<O: Fn(usize) + Send + Sync + 'static>(
    library: &'static str,
    operation: impl FnOnce(HistogramVec) -> O,
) -> Contender {
    let registry = Registry::new();
    let histogram = seconds(&registry, "bench_seconds", &["label"], &BOUNDARIES);
    Contender::new(library, operation(histogram), move || {
        vec![samples::sum(&exposition(&registry), "bench_seconds_count")]
    })
}

fn job<O: Fn(usize) + Send + Sync + 'static>(
    library: &'static str,
    operation: impl FnOnce(Arc<Jobs>) -> O,
) -> Contender {
    let registry = Registry::new();
    let jobs = Arc::new(Jobs::new(&registry));
    Contender::new(library, operation(jobs), move || {
        samples::sums(&exposition(&registry), &JOB_SAMPLES)
    })
}

struct Jobs {
    active: IntGaugeVec,
    started: IntCounterVec,
    duration: HistogramVec,
    completed: IntCounterVec,
}

/// The cached children of one job.
struct Children {
    active: IntGauge,
    started: IntCounter,
    duration: Histogram,
    completed: IntCounter,
}

impl Jobs {
    fn new(registry: &Registry) -> Self {
        let active = Opts::new("jobs_active", "Jobs now running.");
        let active = IntGaugeVec::new(active, &["job_name"]).expect("valid");
        registry.register(Box::new(active.clone())).expect("new");
        let labels = &["job_name", "status"];
        Self {
            active,
            started: int_counter(registry, "jobs_started_total", &["job_name"]),
            duration: seconds(registry, "job_duration_seconds", labels, &JOB_BOUNDARIES),
            completed: int_counter(registry, "jobs_completed_total", labels),
        }
    }

    #[inline(never)]
    fn job(&self, input: usize) -> usize {
        self.active.with_label_values(&[JOB_NAME]).inc();
        self.started.with_label_values(&[JOB_NAME]).inc();
        let started = Instant::now();
        let output = work(input);
        let labels = &[JOB_NAME, "completed"];
        self.duration.with_label_values(labels).observe(started.elapsed().as_secs_f64());
        self.completed.with_label_values(labels).inc();
        self.active.with_label_values(&[JOB_NAME]).dec();
        output
    }
}

impl Children {
    fn of(jobs: &Jobs) -> Self {
        let labels = &[JOB_NAME, "completed"];
        Self {
            active: jobs.active.with_label_values(&[JOB_NAME]),
            started: jobs.started.with_label_values(&[JOB_NAME]),
            duration: jobs.duration.with_label_values(labels),
            completed: jobs.completed.with_label_values(labels),
        }
    }

    #[inline(never)]
    fn job(&self, input: usize) -> usize {
        self.active.inc();
        self.started.inc();
        let started = Instant::now();
        let output = work(input);
        self.duration.observe(started.elapsed().as_secs_f64());
        self.completed.inc();
        self.active.dec();
        output
    }
}

fn int_counter(registry: &Registry, name: &str, labels: &[&str]) -> IntCounterVec {
    let counter = IntCounterVec::new(Opts::new(name, "A counter."), labels).expect("valid");
    registry.register(Box::new(counter.clone())).expect("new");
    counter
}

fn seconds(registry: &Registry, name: &str, labels: &[&str], boundaries: &[f64]) -> HistogramVec {
    let options = HistogramOpts::new(name, "A histogram.").buckets(boundaries.to_vec());
    let histogram = HistogramVec::new(options, labels).expect("valid");
    registry.register(Box::new(histogram.clone())).expect("new");
    histogram
}

fn exposition(registry: &Registry) -> String {
    TextEncoder::new().encode_to_string(&registry.gather()).expect("encodes")
}
